import { expect, it } from "vitest";
import { SteadyCounts } from "./steady-counts.ts";
import type { ThreadCounts } from "./thread-counts.ts";

const counts = (openedAtMs: number, packetsOut: number, participants: number): ThreadCounts => ({
  openedAtMs,
  packetsIn: 0,
  packetsOut,
  packetsShed: 0,
  drops: { rate_limited: packetsOut },
  endings: { left: packetsOut },
  peers: participants,
  rooms: 1,
  participants,
  voicesInUse: 1,
  shedVoices: 2,
  eventLoopLagMs: { bounds: [1], counts: [packetsOut, 0], sum: 1 },
  receiveWaitMs: { bounds: [1], counts: [packetsOut, 0], sum: 1 },
  forwardDelayMs: { bounds: [1], counts: [packetsOut, 0], sum: 1 },
});

it("totals never fall when a worker dies and another takes its place; people of the dead one don't count", async () => {
  const answers: (ThreadCounts | Error)[] = [
    counts(1, 10, 5),
    counts(1, 30, 6),
    new Error("gone"),
    new Error("gone"),
    counts(2, 4, 1),
    // It may have counted more than its predecessor by the next time that somebody asks.
    counts(3, 90, 2),
  ];
  const steady = new SteadyCounts(async () => {
    const answer = answers.shift();
    if (answer instanceof Error || !answer) throw answer;
    return answer;
  });
  const seen: [number | undefined, number | undefined, number | undefined][] = [];
  for (let left = answers.length; left > 0; left--) {
    const now = await steady.now();
    seen.push([now?.packetsOut, now?.participants, now?.forwardDelayMs.counts[0]]);
  }
  expect(seen).toEqual([
    [10, 5, 10],
    [30, 6, 30],
    [30, 0, 30],
    [30, 0, 30],
    [34, 1, 34],
    [124, 2, 124],
  ]);
});

it("says nothing before a worker has answered", async () => {
  const steady = new SteadyCounts(() => Promise.reject(new Error("not yet")));
  expect(await steady.now()).toBeUndefined();
});
