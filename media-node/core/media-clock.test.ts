import { describe, expect, it } from "vitest";
import { TICKS_PER_MS, ticksAt, ticksBetween } from "./media-clock.ts";

const ROUND_MS = 2 ** 32 / TICKS_PER_MS;
const YEAR_MS = 365 * 24 * 3_600_000;

describe("the media clock", () => {
  it.each([0, ROUND_MS / 2, ROUND_MS, 3 * ROUND_MS, YEAR_MS])("goes on over %i ms", (ms) => {
    for (const startMs of [ms - 10, ms - 20.5, ms])
      for (const laterMs of [0, 20, 1_000.25, 13 * 3_600_000, 24 * 3_600_000]) {
        const ticks = ticksBetween(ticksAt(startMs), ticksAt(startMs + laterMs));
        expect(Math.abs(ticks - laterMs * TICKS_PER_MS)).toBeLessThanOrEqual(1);
      }
  });

  it("is an integer of 32 bits with a sign, at any time", () => {
    for (const ms of [0, 0.01, ROUND_MS / 2 + 1, ROUND_MS - 1, YEAR_MS + 0.3])
      expect(ticksAt(ms)).toBe(ticksAt(ms) | 0);
  });
});
