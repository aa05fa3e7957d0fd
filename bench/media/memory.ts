/** What a participant costs a server in memory, by what the whole process grows from empty, after a collection. */
import { setTimeout as sleep } from "node:timers/promises";
import { VOICES_PER_LISTENER } from "@parley/contract/limits";
import type { Child } from "../child-process.ts";
import type { Usage } from "./process-usage.ts";
import { enterCrowd, leaveCrowd, type Target } from "./shape.ts";
import type { Crowd } from "./voice-load.ts";

/** As many as voices. */
const TALKERS = VOICES_PER_LISTENER;
const TURN_MS = 400;

export interface Memory {
  participants: number;
  /** (RSS with all of them − RSS of the started server) / participants: code that was compiled and V8's young generation count. */
  rssPerParticipantBytes: number;
  /** The same for the second half of them, whom those find in place. */
  rssPerFurtherParticipantBytes: number;
  heapPerParticipantBytes: number;
}

/**
 * Rooms of a hundred. Eight of each talk in turns before it is measured, so that everybody has heard on every voice
 * and has its keystream.
 */
export async function measureMemory(target: Target, rooms: number): Promise<Memory> {
  const half = rooms / 2;
  const crowd: Crowd = {
    rooms: half,
    members: 100,
    talkers: TALKERS,
    payloadBytes: 100,
    turns: { talkersAtOnce: 1, turnMs: TURN_MS },
  };
  const empty = await settledUsage(target);
  const first = await enterAndHush(target, crowd);
  const halfFull = await settledUsage(target);
  const second = await enterAndHush(target, crowd);
  const full = await settledUsage(target);
  await leaveCrowd(first);
  await leaveCrowd(second);
  const participants = rooms * crowd.members;
  const growth = (from: Usage, pick: (usage: Usage) => number) => pick(full) - pick(from);
  return {
    participants,
    rssPerParticipantBytes: growth(empty, ({ memory }) => memory.residentBytes) / participants,
    rssPerFurtherParticipantBytes:
      growth(halfFull, ({ memory }) => memory.residentBytes) / (participants / 2),
    heapPerParticipantBytes: growth(empty, ({ memory }) => memory.heapUsedBytes) / participants,
  };
}

async function enterAndHush(target: Target, crowd: Crowd): Promise<Child> {
  const load = await enterCrowd(target, crowd);
  await load.call("talk");
  await sleep(TALKERS * TURN_MS);
  await load.call("hush");
  return load;
}

async function settledUsage(target: Target): Promise<Usage> {
  await target.child.call("collectGarbage");
  return target.child.call<Usage>("usage");
}
