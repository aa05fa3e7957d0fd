import { describe, expect, it } from "vitest";
import type { MediaPacket } from "./media-packet.ts";
import { TalkerSequence } from "./talker-sequence.ts";

const packet = (sequenceNumber: number, timestamp: number): MediaPacket => ({
  sequenceNumber: sequenceNumber & 0xffff,
  timestamp: timestamp | 0,
  marker: false,
  levelDbov: undefined,
  payload: new Uint8Array(20),
});

const FRAME_TICKS = 960;
const SHORT_FRAME_TICKS = 120;

it("goes on over the wrap, a loss and a reordering", () => {
  const sequence = new TalkerSequence(0);
  const numbers = [-2, -1, 0, 3, 1, 2, -3, 200, 73];
  const answers = numbers.map((n) => sequence.goesOn(packet(n, n * SHORT_FRAME_TICKS), 0));
  expect(answers).toEqual([false, ...Array(8).fill(true)]);
});

it("goes on after 8 s in which frames of 20 ms were lost", () => {
  const sequence = new TalkerSequence(0);
  sequence.goesOn(packet(5, 0), 0);
  expect(sequence.goesOn(packet(5 + 400, 400 * FRAME_TICKS), 8_000)).toBe(true);
});

it.each([40_000, 0x8000, 25_536, 65_300])("has jumped by %i, once", (by) => {
  const sequence = new TalkerSequence(0);
  sequence.goesOn(packet(7, 0), 0);
  const numbers = [7, 8, 6].map((n) => packet(by + n, n * FRAME_TICKS));
  expect(numbers.map((jumped) => sequence.goesOn(jumped, 20))).toEqual([false, true, true]);
});

it("skips less in 15 s, however it leaps, than makes a listener lose the rollover counter", () => {
  for (const leap of [2, 3, 10, 100, 400, 3_000]) {
    const sequence = new TalkerSequence(0);
    let number = 0;
    let passed = 0;
    sequence.goesOn(packet(number, 0), 0);
    // As fast as a client may send.
    for (let nowMs = 2; nowMs <= 15_000; nowMs += 2) {
      number += leap;
      passed += sequence.goesOn(packet(number, nowMs * 48), nowMs) ? leap : 1;
    }
    expect(passed, `by ${leap}`).toBeLessThan(0x8000 / 2);
  }
});

describe("a talker's time", () => {
  it.each([
    ["back by 4.9 s", -4_900],
    ["nowhere", 0],
    ["ahead by 1.1 s", 1_100],
    ["ahead by 12 h", 12 * 3_600_000],
  ])("has jumped %s, once", (_, byMs) => {
    const sequence = new TalkerSequence(0);
    sequence.goesOn(packet(1, 0), 0);
    const jumped = byMs * 48;
    expect(sequence.goesOn(packet(2, jumped), 20)).toBe(false);
    expect(sequence.goesOn(packet(3, jumped + FRAME_TICKS), 40)).toBe(true);
  });

  it("has jumped with a straggler that claims to be newer", () => {
    const sequence = new TalkerSequence(0);
    sequence.goesOn(packet(5, 0), 0);
    sequence.goesOn(packet(6, FRAME_TICKS), 20);
    expect(sequence.goesOn(packet(4, 2 * FRAME_TICKS), 21)).toBe(false);
  });

  it("can't creep ahead of real time by more than a second without a jump", () => {
    const sequence = new TalkerSequence(0);
    // Ten times as fast as real time.
    const aheadTicks = Array.from({ length: 100 }, (_, n) => n * 9 * FRAME_TICKS);
    const firstRefused = aheadTicks.findIndex((ahead, n) => {
      const goesOn = sequence.goesOn(packet(n, ahead + n * FRAME_TICKS), n * 20);
      return n > 0 && !goesOn;
    });
    expect(aheadTicks[firstRefused - 1]).toBeLessThanOrEqual(48_000);
    expect(aheadTicks[firstRefused]).toBeGreaterThan(48_000);
  });

  it("goes on through days, over its wraps, and after the network was away", () => {
    const sequence = new TalkerSequence(0);
    sequence.goesOn(packet(0, 7), 0);
    let n = 0;
    for (let hour = 1; hour <= 72; hour++) {
      const atMs = hour * 3_600_000;
      expect(sequence.goesOn(packet(++n, 7 + atMs * 48), atMs), `hour ${hour}`).toBe(true);
      // What a network held back for a second comes all at once.
      for (let frame = 1; frame <= 50; frame++)
        expect(sequence.goesOn(packet(++n, 7 + atMs * 48 + frame * FRAME_TICKS), atMs + 1_000)).toBe(true);
    }
  });
});
