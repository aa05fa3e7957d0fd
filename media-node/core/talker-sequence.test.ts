import { expect, it } from "vitest";
import { TalkerSequence } from "./talker-sequence.ts";

it("goes on over the wrap, a loss and a reordering", () => {
  const sequence = new TalkerSequence(0);
  const numbers = [65_534, 65_535, 0, 3, 1, 2, 65_533, 200, 73];
  expect(numbers.map((number) => sequence.goesOn(number, 0))).toEqual([false, ...Array(8).fill(true)]);
});

it("goes on after 8 s in which frames of 20 ms were lost", () => {
  const sequence = new TalkerSequence(0);
  sequence.goesOn(5, 0);
  expect(sequence.goesOn(5 + 400, 8_000)).toBe(true);
});

it.each([40_000, 0x8000, 25_536, 65_300])("has jumped by %i, once", (by) => {
  const sequence = new TalkerSequence(0);
  sequence.goesOn(7, 0);
  const numbers = [by + 7, by + 8, by + 6].map((number) => number & 0xffff);
  expect(numbers.map((number) => sequence.goesOn(number, 20))).toEqual([false, true, true]);
});

it("skips less in 15 s, however it leaps, than makes a listener lose the rollover counter", () => {
  for (const leap of [2, 3, 10, 100, 400, 3_000]) {
    const sequence = new TalkerSequence(0);
    let number = 0;
    let passed = 0;
    sequence.goesOn(number, 0);
    // As fast as a client may send.
    for (let nowMs = 2; nowMs <= 15_000; nowMs += 2) {
      number = (number + leap) & 0xffff;
      passed += sequence.goesOn(number, nowMs) ? leap : 1;
    }
    expect(passed, `by ${leap}`).toBeLessThan(0x8000 / 2);
  }
});
