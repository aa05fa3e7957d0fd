/** What a participant costs a server in memory: the growth of the process by many of them, after a collection. */
import type { Usage } from "./process-usage.ts";
import { enterCrowd, leaveCrowd, startTalking, type Target } from "./shape.ts";

export interface Memory {
  rssPerParticipantBytes: number;
  heapPerParticipantBytes: number;
}

/** They hear each other before it is measured, so that each voice has its keystream. */
export async function measureMemory(target: Target, rooms: number): Promise<Memory> {
  const crowd = { rooms, members: 100, talkers: 2, payloadBytes: 100 };
  // What the first of them brings along, such as code, isn't theirs.
  const first = await enterCrowd(target, { ...crowd, rooms: 1, members: 10 });
  await startTalking(first);
  await leaveCrowd(first);
  await target.child.call("collectGarbage");
  const before = await target.child.call<Usage>("usage");
  const load = await enterCrowd(target, crowd);
  await startTalking(load);
  await load.call("hush");
  await target.child.call("collectGarbage");
  const after = await target.child.call<Usage>("usage");
  await leaveCrowd(load);
  const participants = rooms * crowd.members;
  return {
    rssPerParticipantBytes: (after.rssBytes - before.rssBytes) / participants,
    heapPerParticipantBytes: (after.heapBytes - before.heapBytes) / participants,
  };
}
