import type { ParticipantId } from "@parley/contract/ids";
import { userIdSchema } from "@parley/contract/ids";
import { describe, expect, it } from "vitest";
import { ForwardBatch } from "./forward-batch.ts";
import { Room, type RoomOutput } from "./room.ts";

const USER = userIdSchema.parse("019b0000-0000-7000-8000-000000000001");
const id = (n: number) => String(n) as ParticipantId;

const batch = new ForwardBatch<number>(100);

function join(
  room: Room<number, number>,
  n: number,
  options: { canSpeak?: boolean; voices?: number; muted?: boolean } = {},
) {
  const voices = options.voices ?? 8;
  const participant = { id: id(n), userId: USER, name: `p${n}`, muted: options.muted ?? false };
  const streamStarts = Array.from({ length: voices }, () => ({ sequence: 0, timestamp: 0 }));
  const canSpeak = options.canSpeak ?? true;
  const joining = {
    participant,
    listener: n,
    canSpeak,
    isPriority: false,
    outlets: streamStarts.map(() => n),
    streamStarts,
  };
  return room.handle({ type: "join", joining }, 0);
}

let sequence = 0;
let frames = 0;
/** Who hears the packet, with what sequence numbers, and the messages that it causes. */
function speak(room: Room<number, number>, n: number, nowMs: number, levelDbov: number | undefined = -20) {
  sequence = (sequence + 1) & 0xffff;
  const packet = {
    sequenceNumber: sequence,
    timestamp: ++frames * 960,
    marker: false,
    levelDbov,
    payload: new Uint8Array(60),
  };
  const outputs = room.forward(id(n), packet, nowMs, batch);
  return {
    outputs,
    heardBy: batch.outlets.slice(0, batch.count),
    sequenceNumbers: [...batch.sequenceNumbers.subarray(0, batch.count)],
    csrc: batch.csrc,
  };
}

const tick = { type: "tick", shedVoices: 0 } as const;

const messages = (outputs: readonly RoomOutput<number, number>[], type: string) =>
  outputs.flatMap((output) => (output.type === "message" && output.message.type === type ? [output] : []));

describe("a room", () => {
  it("forwards nothing of one who may not speak any more, gives their voice to another, and takes it back", () => {
    const room = new Room<number, number>(1);
    for (const n of [1, 2, 3]) join(room, n);
    expect(speak(room, 1, 10).heardBy).toEqual([2, 3]);
    const rights = (canSpeak: boolean) =>
      ({ type: "rights", id: id(1), canSpeak, isPriority: false }) as const;
    const taken = room.handle(rights(false), 15);
    // Silence ends their last word in everyone's ears.
    const silenced = taken.flatMap((output) => (output.type === "silence" ? [output.outlet] : []));
    expect(new Set(silenced)).toEqual(new Set([2, 3]));
    expect(messages(taken, "voices").at(-1)?.message).toMatchObject({ voices: [{ participantId: "2" }] });
    expect(speak(room, 1, 20).heardBy).toEqual([]);
    room.handle({ type: "leave", id: id(2) }, 25);
    room.handle({ type: "leave", id: id(3) }, 25);
    join(room, 4);
    room.handle({ type: "leave", id: id(4) }, 30);
    room.handle(rights(true), 35);
    join(room, 5);
    expect(speak(room, 1, 40).heardBy).toEqual([5]);
  });

  it("forwards a talker to everyone else and never back", () => {
    const room = new Room<number, number>(8);
    for (const n of [1, 2, 3]) join(room, n);
    expect(speak(room, 1, 10).heardBy).toEqual([2, 3]);
  });

  it("a talker whose numbers jump is heard on, and listeners' numbers don't jump", () => {
    const room = new Room<number, number>(8);
    for (const n of [1, 2]) join(room, n);
    const numbers: number[] = [];
    for (let n = 0; n < 8; n++) {
      sequence += n % 2 === 0 ? 40_000 : 0;
      numbers.push(...speak(room, 1, 10 + 20 * n).sequenceNumbers);
    }
    const [first = 0] = numbers;
    expect(numbers).toEqual(Array.from({ length: 8 }, (_, n) => first + n));
  });

  it.each([-4_900, 3_600_000])("a talker whose time jumps by %i ms takes no listener's along", (byMs) => {
    const room = new Room<number, number>(8);
    for (const n of [1, 2]) join(room, n);
    const heard = [0, 20, byMs, byMs + 20].map((ms, index) => {
      const packet = { sequenceNumber: index, timestamp: ms * 48, marker: false, levelDbov: -20 };
      room.forward(id(1), { ...packet, payload: new Uint8Array(60) }, index * 20, batch);
      return batch.timestamps[0] as number;
    });
    expect(heard.map((timestamp) => (timestamp - (heard[0] ?? Number.NaN)) / 48)).toEqual([0, 20, 40, 60]);
  });

  it("marks what it forwards with the talker's CSRC", () => {
    const room = new Room<number, number>(8);
    join(room, 1);
    join(room, 4_000_000_000);
    expect(speak(room, 4_000_000_000, 10).csrc).toBe(4_000_000_000);
  });

  it("forwards nothing of a muted member, from the very next packet", () => {
    const room = new Room<number, number>(8);
    join(room, 1);
    join(room, 2);
    room.handle({ type: "mute", id: id(1), muted: true }, 5);
    expect(speak(room, 1, 10).heardBy).toEqual([]);
    room.handle({ type: "mute", id: id(1), muted: false }, 15);
    expect(speak(room, 1, 20).heardBy).toEqual([2]);
  });

  it("ends a spurt with silence when the talker mutes or leaves, so that nobody's player stretches it", () => {
    const room = new Room<number, number>(8);
    join(room, 1);
    join(room, 2);
    for (const [nowMs, end] of [
      [10, { type: "mute", id: id(1), muted: true }],
      [30, { type: "leave", id: id(1) }],
    ] as const) {
      room.handle({ type: "mute", id: id(1), muted: false }, nowMs);
      const last = speak(room, 1, nowMs).sequenceNumbers[0] ?? Number.NaN;
      // The first at once, the others a tick apart: a burst of loss doesn't take all of them.
      const inputs = [end, tick, tick, tick];
      const frames = inputs.map((input, index) =>
        room
          .handle(input, nowMs + 5 + index)
          .flatMap((output) => (output.type === "silence" ? [(output.sequenceNumber - last) & 0xffff] : [])),
      );
      expect(frames).toEqual([[1], [2], [3], []]);
    }
  });

  it("repeats no silence where somebody has begun to speak again", () => {
    const room = new Room<number, number>(8);
    for (const n of [1, 2]) join(room, n);
    speak(room, 1, 10);
    for (const muted of [true, false]) room.handle({ type: "mute", id: id(1), muted }, 20);
    speak(room, 1, 30);
    expect(room.handle(tick, 40).filter((output) => output.type === "silence")).toEqual([]);
  });

  it("tells who comes late who is in the middle of a sentence", () => {
    const room = new Room<number, number>(8);
    for (const n of [1, 2]) join(room, n);
    speak(room, 1, 10);
    expect(messages(join(room, 3), "speaking").map(({ to, message }) => [to, message])).toEqual([
      [3, { type: "speaking", id: "1", speaking: true }],
    ]);
  });

  it("tells a change of voices to everyone in one and the same message", () => {
    const room = new Room<number, number>(2);
    for (let n = 1; n <= 50; n++) join(room, n, { voices: n === 20 ? 1 : 2 });
    const told = messages(room.handle({ type: "leave", id: id(2) }, 10), "voices");
    // Voice 1 is freed, then given to the third.
    expect(told.length).toBe(2 * 48);
    expect(new Set(told.map(({ message }) => message)).size).toBe(2);
  });

  it("forwards nothing of a member who may not speak", () => {
    const room = new Room<number, number>(8);
    join(room, 1, { canSpeak: false });
    join(room, 2);
    expect(speak(room, 1, 10)).toMatchObject({ heardBy: [], outputs: [] });
  });

  it("forwards nothing of somebody who left, and tells the others", () => {
    const room = new Room<number, number>(8);
    join(room, 1);
    join(room, 2);
    const left = room.handle({ type: "leave", id: id(1) }, 5);
    expect(messages(left, "participant-left").map((output) => output.to)).toEqual([2]);
    expect(speak(room, 1, 10)).toMatchObject({ heardBy: [], outputs: [] });
  });

  it("tells each listener who is on which voice", () => {
    const room = new Room<number, number>(2);
    join(room, 1);
    const joined = join(room, 2);
    expect(messages(joined, "voices").map((output) => [output.to, output.message])).toEqual([
      [2, { type: "voices", voices: [{ voice: 0, participantId: "1" }] }],
      [1, { type: "voices", voices: [{ voice: 1, participantId: "2" }] }],
      [2, { type: "voices", voices: [{ voice: 1, participantId: "2" }] }],
    ]);
  });

  it("keeps every voice fixed while there are no more people than voices", () => {
    const room = new Room<number, number>(3);
    for (const n of [1, 2, 3]) join(room, n);
    for (let ms = 0; ms < 5_000; ms += 20)
      for (const n of [1, 2, 3]) expect(messages(speak(room, n, ms).outputs, "voices")).toEqual([]);
  });

  it("hears a new talker's first packet beyond K people, when a holder is silent", () => {
    const room = new Room<number, number>(2);
    for (const n of [1, 2, 3, 4]) join(room, n);
    for (let ms = 0; ms < 1_000; ms += 20) speak(room, 1, ms);
    expect(speak(room, 3, 1_000).heardBy).toEqual([1, 2, 4]);
  });

  it("doesn't flap between more equal talkers than voices", () => {
    const room = new Room<number, number>(2);
    for (const n of [1, 2, 3]) join(room, n);
    let changes = 0;
    for (let ms = 0; ms < 60_000; ms += 20)
      for (const n of [1, 2, 3]) changes += messages(speak(room, n, ms).outputs, "voices").length;
    expect(changes).toBe(0);
  });

  it("says who speaks, and after a hold who no longer does", () => {
    const room = new Room<number, number>(8);
    join(room, 1);
    join(room, 2);
    expect(messages(speak(room, 1, 0).outputs, "speaking")).toHaveLength(2);
    expect(room.handle({ type: "tick", shedVoices: 0 }, 200)).toEqual([]);
    const [stopped] = messages(room.handle({ type: "tick", shedVoices: 0 }, 301), "speaking");
    expect(stopped?.message).toEqual({ type: "speaking", id: "1", speaking: false });
  });

  it("gives a freed voice to whoever was waiting for one", () => {
    const room = new Room<number, number>(2);
    for (const n of [1, 2, 3]) join(room, n);
    room.handle({ type: "leave", id: id(1) }, 10);
    expect(speak(room, 3, 20, -127).heardBy).toEqual([2]);
  });

  it("sends a listener only voices that they negotiated", () => {
    const room = new Room<number, number>(8);
    join(room, 1, { voices: 1 });
    join(room, 2);
    join(room, 3);
    expect(speak(room, 3, 10).heardBy).toEqual([2]);
  });
});
