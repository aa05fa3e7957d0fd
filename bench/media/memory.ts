/** What a participant costs a server in memory: the growth of the process by many of them, after a collection. */
import type { Child } from "../child-process.ts";
import type { Usage } from "./process-usage.ts";
import { enterCrowd, leaveCrowd, startTalking, type Target } from "./shape.ts";
import type { Crowd } from "./voice-load.ts";

export interface Memory {
  rssPerParticipantBytes: number;
  heapPerParticipantBytes: number;
}

/**
 * They hear each other before it is measured, so that each voice has its keystream. The first `firstRooms` of a
 * hundred aren't counted: the code and the young generation that they make the process grow to aren't theirs.
 */
export async function measureMemory(target: Target, firstRooms: number, rooms: number): Promise<Memory> {
  const crowd = { members: 100, talkers: 2, payloadBytes: 100 };
  const first = await enterAndHush(target, { ...crowd, rooms: firstRooms });
  const before = await settledUsage(target);
  const load = await enterAndHush(target, { ...crowd, rooms });
  const after = await settledUsage(target);
  await leaveCrowd(first);
  await leaveCrowd(load);
  const participants = rooms * crowd.members;
  return {
    rssPerParticipantBytes: (after.memory.residentBytes - before.memory.residentBytes) / participants,
    heapPerParticipantBytes: (after.memory.heapUsedBytes - before.memory.heapUsedBytes) / participants,
  };
}

async function enterAndHush(target: Target, crowd: Crowd): Promise<Child> {
  const load = await enterCrowd(target, crowd);
  await startTalking(load);
  await load.call("hush");
  return load;
}

async function settledUsage(target: Target): Promise<Usage> {
  await target.child.call("collectGarbage");
  return target.child.call<Usage>("usage");
}
