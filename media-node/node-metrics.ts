/** What a media node counts, for Prometheus: a registry of its own, so that several nodes fit into one process. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

export interface NodeMetricSources {
  /** Packets dropped since the start, by reason. */
  drops(): Readonly<Record<string, number>>;
  /** Clients with a media transport. */
  peers(): number;
}

export interface NodeMetrics {
  readonly registry: Registry;
  readonly handshakeMs: Histogram;
}

/** Sources are asked when somebody scrapes: nothing is added up on the way of a packet. */
export function createNodeMetrics(sources: NodeMetricSources): NodeMetrics {
  const registry = new Registry();
  const registers = [registry];
  new Counter({
    name: "parley_media_dropped_packets_total",
    help: "Packets that the media port dropped, by reason.",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(sources.drops())) this.inc({ reason }, count);
    },
  });
  new Gauge({
    name: "parley_media_peers",
    help: "Clients with a media transport.",
    registers,
    collect() {
      this.set(sources.peers());
    },
  });
  const handshakeMs = new Histogram({
    name: "parley_media_handshake_milliseconds",
    help: "From the SDP answer to agreed keys.",
    buckets: [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 15_000],
    registers,
  });
  return { registry, handshakeMs };
}
