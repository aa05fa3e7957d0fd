import { describe, expect, it } from "vitest";
import { LoadShedder, type Strain } from "./load-shedder.ts";

const CALM: Strain = { lagMs: 1, queueShare: 0, busyShare: 0.3, voiceShare: 0.2 };
const OVERLOADED: Strain = { lagMs: 5, queueShare: 0, busyShare: 1, voiceShare: 0.8 };

/** Feeds the same strain each 100 ms, and answers the voices given up after each. */
function observe(shedder: LoadShedder, strain: Strain, fromMs: number, toMs: number): number[] {
  const voices = [];
  for (let ms = fromMs; ms < toMs; ms += 100) {
    shedder.observe(strain, ms);
    voices.push(shedder.voices);
  }
  return voices;
}

describe("a node that can't keep up", () => {
  it("gives up one voice after another, and never the last", () => {
    const shedder = new LoadShedder(7);
    const voices = observe(shedder, OVERLOADED, 0, 5_000);
    expect(voices.slice(0, 7)).toEqual([0, 0, 0, 1, 1, 1, 2]);
    expect(voices.at(-1)).toBe(7);
  });

  it("takes them all back once it is calm", () => {
    const shedder = new LoadShedder(7);
    observe(shedder, OVERLOADED, 0, 2_000);
    expect(observe(shedder, CALM, 2_000, 8_000).at(-1)).toBe(0);
  });

  it("holds what it has between strain and calm", () => {
    const shedder = new LoadShedder(7);
    const given = observe(shedder, OVERLOADED, 0, 1_000).at(-1);
    expect(observe(shedder, { ...CALM, busyShare: 0.9 }, 1_000, 10_000).at(-1)).toBe(given);
  });

  it.each([
    ["a lagging loop", { ...OVERLOADED, busyShare: 0.5, lagMs: 60 }],
    ["a send queue that grows", { ...CALM, queueShare: 0.5 }],
  ])("notices %s", (_what, strain) => {
    expect(observe(new LoadShedder(7), strain, 0, 1_000).at(-1)).toBeGreaterThan(0);
  });

  it("gives up nothing where voice isn't what keeps it busy, as when many join at once", () => {
    const joining = { ...OVERLOADED, lagMs: 100, voiceShare: 0.1 };
    expect(observe(new LoadShedder(7), joining, 0, 10_000).at(-1)).toBe(0);
  });
});
