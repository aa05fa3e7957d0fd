import { describe, expect, it } from "vitest";
import { addSequence, addTimestamp, isNewer } from "./sequence.ts";

describe("sequence arithmetic", () => {
  it("knows what is newer across the wrap", () => {
    expect(isNewer(0, 65_535)).toBe(true);
    expect(isNewer(65_535, 0)).toBe(false);
    expect(isNewer(7, 7)).toBe(false);
    expect(isNewer(0x7fff, 0)).toBe(true);
    expect(isNewer(0x8000, 0)).toBe(false);
  });

  it("wraps sequence numbers at 16 and timestamps at 32 bits, both ways", () => {
    expect(addSequence(65_535, 1)).toBe(0);
    expect(addSequence(0, -1)).toBe(65_535);
    expect(addTimestamp(0xffffffff, 960)).toBe(959);
    expect(addTimestamp(0, -1) >>> 0).toBe(0xffffffff);
    expect(addTimestamp(0x7fffffff, 1) >>> 0).toBe(0x80000000);
  });
});
