/** How long a packet takes through a busy node, as people in rooms of their own see it. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Child } from "../child-process.ts";
import { percentile } from "../percentile.ts";
import { enterCrowd, leaveCrowd, type Sampling, sample, startTalking, type Target } from "./shape.ts";
import type { Crowd, Heard } from "./voice-load.ts";

/** Medians of the samples. */
export interface Delay {
  msP50: number;
  msP99: number;
  /** What the probe is late by itself, without any node: it is in the figures above. */
  ownMsP50: number;
  ownMsP99: number;
  /** Of the node, meanwhile. */
  coresUsed: number;
  nodeWaitedForCoreShare: number;
}

/** 250 packets a second are measured. */
const PROBE: Crowd = { rooms: 5, members: 2, talkers: 1, payloadBytes: 100, measuring: 1 };

/** The probe runs in a process of its own: in the crowd's it would measure the crowd's own queue. */
export async function measureDelay(
  target: Target,
  crowd: Crowd | undefined,
  { samples, sampleMs }: Sampling,
): Promise<Delay> {
  const background = crowd ? await enterApart(target, crowd) : [];
  const probe = await enterCrowd(target, PROBE);
  await probe.call("startOwnDelay");
  try {
    for (const load of background) await startTalking(load);
    await startTalking(probe);
    await probe.call("takeOwnDelay");
    const all: Delay[] = [];
    for (let n = 0; n < samples; n++) all.push(await once(target, background[0], probe, sampleMs));
    const median = (pick: (delay: Delay) => number) => percentile(all.map(pick), 0.5);
    return {
      msP50: median((each) => each.msP50),
      msP99: median((each) => each.msP99),
      ownMsP50: median((each) => each.ownMsP50),
      ownMsP99: median((each) => each.ownMsP99),
      coresUsed: median((each) => each.coresUsed),
      nodeWaitedForCoreShare: median((each) => each.nodeWaitedForCoreShare),
    };
  } finally {
    await leaveCrowd(probe);
    for (const load of background) await leaveCrowd(load);
  }
}

/**
 * Talkers in one process and listeners in another: people's machines send on time, and one process that also hears
 * thousands of packets sends late, and then many at once, each behind the last.
 */
async function enterApart(target: Target, crowd: Crowd): Promise<Child[]> {
  const meeting = { ...target, organizationId: randomUUID() };
  const { members, talkers } = crowd;
  return [
    await enterCrowd(meeting, { ...crowd, members: talkers, listenersElsewhere: members - talkers }),
    await enterCrowd(meeting, { ...crowd, members: members - talkers, talkers: 0 }),
  ];
}

async function once(target: Target, background: Child | undefined, probe: Child, ms: number): Promise<Delay> {
  const node = background ? await sample(target.child, background, ms) : await sleep(ms, undefined);
  const { delaysMs } = await probe.call<Heard>("take");
  const own = await probe.call<number[]>("takeOwnDelay");
  return {
    msP50: percentile(delaysMs, 0.5),
    msP99: percentile(delaysMs, 0.99),
    ownMsP50: percentile(own, 0.5),
    ownMsP99: percentile(own, 0.99),
    coresUsed: node?.coresUsed ?? 0,
    nodeWaitedForCoreShare: node ? node.server.waitedForCoreSeconds / node.seconds : 0,
  };
}
