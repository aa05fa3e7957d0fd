import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/testing/random.ts";
import { REPLAY_WINDOW_PACKETS, ReplayWindow } from "../replay-window.ts";
import { estimateIndex } from "./packet-index.ts";

describe("index estimation (RFC 3711 §3.3.1)", () => {
  it("finds the true index of any packet within half the circle of the highest", () => {
    for (const highest of [0, 1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x17fff, 0x18000, 5 * 0x10000 + 3, 2 ** 40])
      for (const distance of [0, 1, 2, 100, 0x1000, 0x7ffe, 0x7fff])
        for (const index of [highest - distance, highest + distance])
          if (index >= 0) expect(estimateIndex(highest, index % 0x10000), `${highest} ${index}`).toBe(index);
  });

  it("never goes below zero", () => {
    expect(estimateIndex(5, 65_535)).toBe(65_535);
  });
});

describe("a replay window", () => {
  it("agrees with a set of all indices, on 100,000 random ones", () => {
    const seed = 20_261_124;
    const next = seededRandom(seed);
    const random = (below: number) => Math.floor(next() * below);
    const window = new ReplayWindow();
    const accepted = new Set<number>();
    let highest = -1;
    for (let n = 0; n < 100_000; n++) {
      const jump = random(100) === 0 ? random(1_000) : random(6);
      const index = Math.max(0, highest + jump - random(160));
      const fresh = index > highest - REPLAY_WINDOW_PACKETS && !accepted.has(index);
      expect(window.isFresh(index), `seed ${seed} step ${n} index ${index}`).toBe(fresh || highest < 0);
      if (!window.isFresh(index) || random(10) === 0) continue;
      window.accept(index);
      accepted.add(index);
      highest = Math.max(highest, index);
    }
  });
});
