/**
 * What a machine's kernel and Node's sockets allow at all: how many packets a CPU second sends when nothing is done
 * but receiving and sending. Machines differ by a factor of two, and so does this; what a node sends as a share of
 * it doesn't.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { START_FLAGS } from "@parley/tests/support/start-flags";
import { startChild } from "../child-process.ts";
import { percentile } from "../percentile.ts";
import type { Usage } from "./process-usage.ts";
import type { Sampling } from "./shape.ts";

const SETTLE_MS = 1_500;

export interface Relaying {
  /** Addresses that packets go to. */
  listeners: number;
  /** Of them, for each packet that comes. */
  fanOut: number;
  packetsInPerSecond: number;
  packetBytes: number;
}

/** Packets out per CPU second of the relay: the median of the samples. */
export async function measureBareRelay(
  { listeners, fanOut, packetsInPerSecond, packetBytes }: Relaying,
  { samples, sampleMs }: Sampling,
): Promise<number> {
  const relay = startChild(new URL("./bare-relay-process.ts", import.meta.url), [...START_FLAGS]);
  const load = startChild(new URL("./bare-load-process.ts", import.meta.url));
  try {
    const ports = await load.call<number[]>("open", { sockets: listeners });
    const port = await relay.call<number>("start", { ports, fanOut });
    await load.call("talk", { port, packetsPerSecond: packetsInPerSecond, packetBytes });
    await sleep(SETTLE_MS);
    const rates: number[] = [];
    for (let n = 0; n < samples; n++) {
      const before = await relay.call<Usage>("usage");
      await sleep(sampleMs);
      const after = await relay.call<Usage>("usage");
      rates.push((after.packetsOut - before.packetsOut) / (after.cpuSeconds - before.cpuSeconds));
    }
    return percentile(rates, 0.5);
  } finally {
    await load.end();
    await relay.end();
  }
}
