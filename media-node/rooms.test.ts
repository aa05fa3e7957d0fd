import { type ParticipantId, userIdSchema } from "@parley/contract/ids";
import type { JoinTokenClaims } from "@parley/contract/join";
import { PARTICIPANTS_PER_ROOM_MAX } from "@parley/contract/limits";
import { BYPASS_LIMIT } from "@parley/contract/permissions";
import { expect, it } from "vitest";
import { Rooms } from "./rooms.ts";
import type { VoiceThread } from "./threads/voice-thread.ts";

const USER = userIdSchema.parse("019b0000-0000-7000-8000-000000000001");

/** Rooms only tells threads apart, and asks whether they run; nothing is called. */
const threadsOf = (count: number) =>
  Array.from({ length: count }, () => ({ isOpen: true })) as (VoiceThread & { isOpen: boolean })[];

const claimsOf = (ch: string, changes: object = {}) =>
  ({ org: "o", ch, fence: 1, limit: 0, perm: "0", ...changes }) as JoinTokenClaims;

let people = 0;
function enter(rooms: Rooms, claims: JoinTokenClaims) {
  const room = rooms.place(claims);
  try {
    rooms.enter(room, claims);
  } catch (error) {
    rooms.abandon(room);
    throw error;
  }
  room.add({ id: `${++people}` as ParticipantId, userId: USER, name: "", muted: false });
  return room;
}

it("a channel takes as many as its limit says, and beyond it who may pass", () => {
  const rooms = new Rooms({ threads: threadsOf(1), participantsMax: 10_000 });
  for (let n = 0; n < 2; n++) enter(rooms, claimsOf("a", { limit: 2 }));
  expect(() => enter(rooms, claimsOf("a", { limit: 2 }))).toThrow(
    expect.objectContaining({ code: "channel_full" }),
  );
  expect(enter(rooms, claimsOf("a", { limit: 2, perm: BYPASS_LIMIT.toString() })).size).toBe(3);
});

it("a channel without a limit takes 2,000, whoever comes", () => {
  const rooms = new Rooms({ threads: threadsOf(1), participantsMax: 10_000 });
  for (let n = 0; n < PARTICIPANTS_PER_ROOM_MAX; n++) enter(rooms, claimsOf("a"));
  for (const perm of ["0", BYPASS_LIMIT.toString()])
    expect(() => enter(rooms, claimsOf("a", { perm }))).toThrow(
      expect.objectContaining({ code: "channel_full" }),
    );
});

it("a node that is full takes nobody, in whatever channel", () => {
  const rooms = new Rooms({ threads: threadsOf(1), participantsMax: 1 });
  enter(rooms, claimsOf("a"));
  for (const channel of ["a", "b"])
    expect(() => rooms.place(claimsOf(channel))).toThrow(expect.objectContaining({ code: "node_full" }));
});

it("a token of an earlier placement is told that the room has moved, before and after its offer is answered", () => {
  const rooms = new Rooms({ threads: threadsOf(1), participantsMax: 10 });
  const early = claimsOf("a", { fence: 1 });
  const room = rooms.place(early);
  enter(rooms, claimsOf("a", { fence: 2 }));
  expect(() => rooms.enter(room, early)).toThrow(expect.objectContaining({ code: "moved" }));
  expect(() => rooms.place(early)).toThrow(expect.objectContaining({ code: "moved" }));
});

it("a room opens in the open thread with the fewest people, and stays there", () => {
  const threads = threadsOf(3);
  const rooms = new Rooms({ threads, participantsMax: 100 });
  const placed = ["a", "a", "a", "b", "b", "c", "d", "a"].map(
    (channel) => enter(rooms, claimsOf(channel)).thread,
  );
  expect(placed.map((thread) => threads.indexOf(thread as (typeof threads)[0]))).toEqual([
    0, 0, 0, 1, 1, 2, 2, 0,
  ]);
  for (const thread of threads.slice(1)) thread.isOpen = false;
  expect(enter(rooms, claimsOf("e")).thread).toBe(threads[0]);
  for (const thread of threads) thread.isOpen = false;
  expect(() => rooms.place(claimsOf("f"))).toThrow(expect.objectContaining({ code: "unavailable" }));
});
