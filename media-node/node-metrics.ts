/** What a media node counts, for Prometheus: a registry of its own, so that several nodes fit into one process. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { HistogramCounts, ThreadCounts } from "./threads/thread-counts.ts";

const MAIN_LAG_RESOLUTION_MS = 20;

export interface NodeMetrics {
  readonly registry: Registry;
  readonly handshakeMs: Histogram;
  readonly joins: Counter;
  /** Connections that were ended before they came to anything, by reason. */
  readonly refusedConnections: Counter<"reason">;
}

/** What is sure to be asked for stands at 0 from the start: a counter that appears late looks like a jump. */
const REFUSALS = [
  "tcp_undecided_full",
  "tcp_silent",
  "tcp_unknown",
  "tcp_wrong_port",
  "signal_waiting_full",
  "origin_forbidden",
];

/** Threads are asked when somebody scrapes: nothing is added up on the way of a packet. */
export function createNodeMetrics(counts: () => Promise<ThreadCounts>): NodeMetrics {
  const registry = new Registry();
  const registers = [registry];
  // One scrape asks once, whatever the number of metrics.
  let asked: Promise<ThreadCounts> | undefined;
  const ask = () => {
    asked ??= counts().finally(() => {
      asked = undefined;
    });
    return asked;
  };
  const total = (name: string, help: string, pick: (counts: ThreadCounts) => number) =>
    new Counter({
      name,
      help,
      registers,
      async collect() {
        const value = pick(await ask());
        this.reset();
        this.inc(value);
      },
    });
  const gauge = (name: string, help: string, pick: (counts: ThreadCounts) => number) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(pick(await ask()));
      },
    });
  total("parley_media_packets_in_total", "RTP packets of talkers that were opened.", (all) => all.packetsIn);
  total("parley_media_packets_out_total", "RTP packets sent to listeners.", (all) => all.packetsOut);
  total(
    "parley_media_shed_packets_total",
    "Talkers' packets not forwarded because the node was overloaded.",
    (all) => all.packetsShed,
  );
  const byReason = (name: string, help: string, pick: (counts: ThreadCounts) => Record<string, number>) =>
    new Counter({
      name,
      help,
      labelNames: ["reason"],
      registers,
      async collect() {
        const counted = Object.entries(pick(await ask()));
        this.reset();
        for (const [reason, count] of counted) this.inc({ reason }, count);
      },
    });
  byReason(
    "parley_media_dropped_packets_total",
    "Packets that the media port or a room dropped, by reason.",
    (all) => all.drops,
  );
  byReason(
    "parley_media_peers_ended_total",
    "Clients' transports that ended, by reason.",
    (all) => all.endings,
  );
  gauge("parley_media_peers", "Clients with a media transport.", (all) => all.peers);
  gauge("parley_media_rooms", "Rooms with somebody in them.", (all) => all.rooms);
  gauge("parley_media_participants", "People in rooms.", (all) => all.participants);
  gauge("parley_media_voices_in_use", "Voices that somebody speaks on now.", (all) => all.voicesInUse);
  gauge(
    "parley_media_shed_voices",
    "Voices that each room gives up now because the node is overloaded.",
    (all) => all.shedVoices,
  );
  const counted = (name: string, help: string, pick: (counts: ThreadCounts) => HistogramCounts) =>
    registry.registerMetric(
      new CountedHistogram(name, help, async () => pick(await ask())) as unknown as Histogram,
    );
  counted(
    "parley_media_event_loop_lag_milliseconds",
    "How late the threads that carry voice ran their ticks, ten a second each.",
    (all) => all.eventLoopLagMs,
  );
  counted(
    "parley_media_receive_wait_milliseconds",
    "How long datagrams waited at the least until they were read, ten times a second.",
    (all) => all.receiveWaitMs,
  );
  counted(
    "parley_media_forward_delay_milliseconds",
    "From an opened packet to the last listener's send; without its wait for the thread.",
    (all) => all.forwardDelayMs,
  );
  // With workers the main thread carries signalling alone, and is late by itself.
  const mainLag = monitorEventLoopDelay({ resolution: MAIN_LAG_RESOLUTION_MS });
  mainLag.enable();
  new Gauge({
    name: "parley_main_thread_lag_milliseconds",
    help: "How late the main thread was at the most since the last scrape.",
    registers,
    collect() {
      this.set(mainLag.count > 0 ? Math.max(0, mainLag.max / 1e6 - MAIN_LAG_RESOLUTION_MS) : 0);
      mainLag.reset();
    },
  });
  const handshakeMs = new Histogram({
    name: "parley_media_handshake_milliseconds",
    help: "From the SDP answer to agreed keys.",
    buckets: [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 15_000],
    registers,
  });
  const joins = new Counter({
    name: "parley_media_joins_total",
    help: "People who entered a room.",
    registers,
  });
  const refusedConnections = new Counter({
    name: "parley_refused_connections_total",
    help: "Connections that were ended before they came to anything, by reason.",
    labelNames: ["reason"],
    registers,
  });
  for (const reason of REFUSALS) refusedConnections.inc({ reason }, 0);
  return { registry, handshakeMs, joins, refusedConnections };
}

/** A histogram whose buckets were counted elsewhere; prom-client's own takes only single observations. */
class CountedHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly aggregator = "sum";
  readonly #counts: () => Promise<HistogramCounts>;

  constructor(name: string, help: string, counts: () => Promise<HistogramCounts>) {
    this.name = name;
    this.help = help;
    this.#counts = counts;
  }

  async get() {
    const { bounds, counts, sum } = await this.#counts();
    let total = 0;
    const buckets = counts.map((count, bucket) => {
      total += count;
      return { metricName: `${this.name}_bucket`, labels: { le: bounds[bucket] ?? "+Inf" }, value: total };
    });
    return {
      name: this.name,
      help: this.help,
      type: this.type,
      aggregator: this.aggregator,
      values: [
        ...buckets,
        { metricName: `${this.name}_sum`, labels: {}, value: sum },
        { metricName: `${this.name}_count`, labels: {}, value: total },
      ],
    };
  }

  reset(): void {}
}
