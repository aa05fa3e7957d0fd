/** Puts one crowd on one server and measures what it costs the server. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Child, startChild } from "../child-process.ts";
import { percentile } from "../percentile.ts";
import type { Destination, Entered } from "./load-process.ts";
import type { Usage } from "./process-usage.ts";
import type { Crowd, Heard } from "./voice-load.ts";

const SETTLE_MS = 1_500;

export interface Sample {
  packetsOutPerCpuSecond: number;
  cpuMicrosecondsPerPacketOut: number;
  gcShare: number;
  /** CPU seconds per second. */
  coresUsed: number;
  packetsOutPerSecond: number;
  /** Missing inside what listeners got. */
  lostShare: number;
  /** Of all that was sent, times its listeners, what was heard: what was shed is missing here, too. */
  heardShare: number;
}

export interface Target extends Destination {
  child: Child;
}

/** Samples of a crowd's talk on a target, after it has settled. The crowd leaves afterwards. */
export async function measureShape(
  target: Target,
  crowd: Crowd,
  options: { samples: number; sampleMs: number },
): Promise<Sample[]> {
  const load = await enterCrowd(target, crowd);
  try {
    await startTalking(load);
    const samples: Sample[] = [];
    for (let n = 0; n < options.samples; n++)
      samples.push(await sample(target.child, load, crowd, options.sampleMs));
    return samples;
  } finally {
    await leaveCrowd(load);
  }
}

/** Throws what kept the first one out who could not join. */
export async function enterCrowd({ server, plainPort }: Target, crowd: Crowd): Promise<Child> {
  const load = startLoad();
  const destination: Destination = { server, plainPort };
  const { failed, firstFailure } = await load.call<Entered>("enter", { destination, crowd });
  if (failed === 0) return load;
  await load.end();
  throw new Error(`${failed} could not join: ${firstFailure}`);
}

/** A process that waits to be told where to go. */
export const startLoad = (): Child => startChild(new URL("./load-process.ts", import.meta.url));

/** Resolves when the talk has settled, with nothing counted yet. */
export async function startTalking(load: Child): Promise<void> {
  await load.call("talk");
  await sleep(SETTLE_MS);
  await load.call("take");
}

export async function leaveCrowd(load: Child): Promise<void> {
  await load.call("leave").catch(() => {});
  await load.end();
}

export async function sample(target: Child, load: Child, crowd: Crowd, sampleMs: number): Promise<Sample> {
  const before = await target.call<Usage>("usage");
  await sleep(sampleMs);
  const after = await target.call<Usage>("usage");
  const { sent, received, lost } = await load.call<Heard>("take");
  const packets = after.packetsOut - before.packetsOut;
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  const wallSeconds = after.wallSeconds - before.wallSeconds;
  return {
    packetsOutPerCpuSecond: packets / cpuSeconds,
    cpuMicrosecondsPerPacketOut: (cpuSeconds * 1e6) / packets,
    gcShare: (after.gcSeconds - before.gcSeconds) / cpuSeconds,
    coresUsed: cpuSeconds / wallSeconds,
    packetsOutPerSecond: packets / wallSeconds,
    lostShare: lost / Math.max(1, lost + received),
    heardShare: received / (sent * (crowd.members - 1)),
  };
}

/** The median of each figure by itself. */
export function medianOf(samples: readonly Sample[]): Sample {
  const median = (pick: (sample: Sample) => number) => percentile(samples.map(pick), 0.5);
  return {
    packetsOutPerCpuSecond: median((sample) => sample.packetsOutPerCpuSecond),
    cpuMicrosecondsPerPacketOut: median((sample) => sample.cpuMicrosecondsPerPacketOut),
    gcShare: median((sample) => sample.gcShare),
    coresUsed: median((sample) => sample.coresUsed),
    packetsOutPerSecond: median((sample) => sample.packetsOutPerSecond),
    lostShare: median((sample) => sample.lostShare),
    heardShare: median((sample) => sample.heardShare),
  };
}
