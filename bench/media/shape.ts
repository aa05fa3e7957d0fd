/** Puts one crowd on one server and measures what it costs the server, and what it loses. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Child, startChild } from "../child-process.ts";
import { percentile } from "../percentile.ts";
import type { Destination, Entered } from "./load-process.ts";
import { type ProcessStrain, processStrain } from "./process-strain.ts";
import type { Usage } from "./process-usage.ts";
import type { Crowd, Heard, Turns } from "./voice-load.ts";

const SETTLE_MS = 1_500;

/** What happened in one stretch of time. */
export interface Sample {
  packetsOutPerCpuSecond: number;
  gcShare: number;
  /** CPU seconds per second. */
  coresUsed: number;
  packetsOutPerSecond: number;
  heard: Heard;
  /** Of the server and of the load: what others on the machine took from them. */
  server: ProcessStrain;
  load: ProcessStrain;
  seconds: number;
}

export interface Summary {
  /** Medians of the samples. */
  packetsOutPerCpuSecond: number;
  cpuMicrosecondsPerPacketOut: number;
  gcShare: number;
  coresUsed: number;
  packetsOutPerSecond: number;
  /** Missing inside what listeners got, of all samples together. */
  lostShare: number;
  /** Of what listeners should have heard, of all samples together: what was shed or never came is missing here. */
  heardShare: number;
  /** What the kernel threw away at the load's own sockets; it is among the lost, and no fault of the server. */
  loadDroppedShare: number;
  /** Share of the time in which the server was ready to run and others had the core. */
  serverWaitedForCoreShare: number;
}

export interface Target extends Destination {
  child: Child;
}

export interface Sampling {
  samples: number;
  sampleMs: number;
}

/** Of a crowd's talk on a target, after it has settled. The crowd leaves afterwards. */
export async function measureShape(target: Target, crowd: Crowd, sampling: Sampling): Promise<Summary> {
  const load = await enterCrowd(target, crowd);
  try {
    return await measureTalk(target, load, sampling);
  } finally {
    await leaveCrowd(load);
  }
}

/** Of a crowd that is there; it is silent again afterwards. */
export async function measureTalk(
  target: Target,
  load: Child,
  { samples, sampleMs }: Sampling,
  turns?: Turns,
): Promise<Summary> {
  await startTalking(load, turns);
  const all: Sample[] = [];
  for (let n = 0; n < samples; n++) all.push(await sample(target.child, load, sampleMs));
  await load.call("hush");
  return summaryOf(all);
}

/** Throws what kept the first one out who could not join. */
export async function enterCrowd(
  { server, organizationId, plainPort }: Target,
  crowd: Crowd,
): Promise<Child> {
  const load = startLoad();
  const destination: Destination = { server, organizationId, plainPort };
  const { failed, firstFailure } = await load.call<Entered>("enter", { destination, crowd });
  if (failed === 0) return load;
  await load.end();
  throw new Error(`${failed} could not join: ${firstFailure}`);
}

/** A process that waits to be told where to go. */
export const startLoad = (): Child => startChild(new URL("./load-process.ts", import.meta.url));

/** Resolves when the talk has settled, with nothing counted yet. */
export async function startTalking(load: Child, turns?: Turns): Promise<void> {
  await load.call("talk", turns);
  await sleep(SETTLE_MS);
  await load.call("take");
}

export async function leaveCrowd(load: Child): Promise<void> {
  await load.call("leave").catch(() => {});
  await load.end();
}

export async function sample(server: Child, load: Child, sampleMs: number): Promise<Sample> {
  const strains = () => Promise.all([processStrain(server.pid), processStrain(load.pid)]);
  const strainBefore = await strains();
  const before = await server.call<Usage>("usage");
  await load.call("take");
  await sleep(sampleMs);
  const heard = await load.call<Heard>("take");
  const after = await server.call<Usage>("usage");
  const strainAfter = await strains();
  const packets = after.packetsOut - before.packetsOut;
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  const seconds = after.wallSeconds - before.wallSeconds;
  const strain = (index: 0 | 1): ProcessStrain => ({
    waitedForCoreSeconds: strainAfter[index].waitedForCoreSeconds - strainBefore[index].waitedForCoreSeconds,
    datagramsDropped: strainAfter[index].datagramsDropped - strainBefore[index].datagramsDropped,
  });
  return {
    packetsOutPerCpuSecond: packets / cpuSeconds,
    gcShare: (after.gcSeconds - before.gcSeconds) / cpuSeconds,
    coresUsed: cpuSeconds / seconds,
    packetsOutPerSecond: packets / seconds,
    heard,
    server: strain(0),
    load: strain(1),
    seconds,
  };
}

/** Rates are medians; losses add up, since a loss in one sample is a loss. */
function summaryOf(samples: readonly Sample[]): Summary {
  const median = (pick: (sample: Sample) => number) => percentile(samples.map(pick), 0.5);
  const sum = (pick: (sample: Sample) => number) => samples.reduce((total, each) => total + pick(each), 0);
  const sent = sum(({ heard }) => heard.received + heard.lost);
  return {
    packetsOutPerCpuSecond: median((each) => each.packetsOutPerCpuSecond),
    cpuMicrosecondsPerPacketOut: median((each) => 1e6 / each.packetsOutPerCpuSecond),
    gcShare: median((each) => each.gcShare),
    coresUsed: median((each) => each.coresUsed),
    packetsOutPerSecond: median((each) => each.packetsOutPerSecond),
    lostShare: sum(({ heard }) => heard.lost) / Math.max(1, sent),
    heardShare: sum(({ heard }) => heard.received) / sum(({ heard }) => heard.expected),
    loadDroppedShare: sum(({ load }) => load.datagramsDropped) / Math.max(1, sent),
    serverWaitedForCoreShare: sum(({ server }) => server.waitedForCoreSeconds) / sum((each) => each.seconds),
  };
}
