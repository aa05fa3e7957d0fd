/** How long a packet takes through a busy node, as two people in a room of their own see it. */
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../percentile.ts";
import { enterCrowd, leaveCrowd, sample, startTalking, type Target } from "./shape.ts";
import type { Crowd, Heard } from "./voice-load.ts";

export interface Delay {
  msP50: number;
  msP99: number;
  /** Of the node, meanwhile. */
  coresUsed: number;
}

const PROBE: Crowd = { rooms: 1, members: 2, talkers: 1, payloadBytes: 100, measuring: 2 };

/** The probe runs in a process of its own: in the crowd's it would measure the crowd's own queue. */
export async function measureDelay(target: Target, crowd: Crowd | undefined, ms: number): Promise<Delay> {
  const background = crowd && (await enterCrowd(target, crowd));
  const probe = await enterCrowd(target, PROBE);
  try {
    if (background) await startTalking(background);
    await startTalking(probe);
    const { coresUsed } =
      background && crowd
        ? await sample(target.child, background, crowd, ms)
        : await sleep(ms, { coresUsed: 0 });
    const { delaysMs } = await probe.call<Heard>("take");
    return { msP50: percentile(delaysMs, 0.5), msP99: percentile(delaysMs, 0.99), coresUsed };
  } finally {
    await leaveCrowd(probe);
    if (background) await leaveCrowd(background);
  }
}
