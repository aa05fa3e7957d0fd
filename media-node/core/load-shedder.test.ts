import { describe, expect, it } from "vitest";
import { LoadShedder, type Strain } from "./load-shedder.ts";

const TICK_MS = 100;
const CALM: Strain = {
  lagMs: 1,
  waitMs: 0.1,
  backlogShare: 0,
  standingShare: 0,
  voiceShare: 0.2,
  cpuShare: 0.3,
};
const OVERLOADED: Strain = { ...CALM, lagMs: 5, waitMs: 60, voiceShare: 0.8, cpuShare: 0.95 };

/** Feeds the same strain each 100 ms, and answers the voices given up after each. */
function observe(shedder: LoadShedder, strain: Strain, fromMs: number, toMs: number): number[] {
  const voices = [];
  for (let ms = fromMs; ms < toMs; ms += TICK_MS) {
    shedder.observe(strain, ms);
    voices.push(shedder.voices);
  }
  return voices;
}

interface Talk {
  /** Talkers of each room at once. */
  talkers: number;
  /** Cores that all of them would take. */
  cores: number;
}

/** A core, a kernel's buffer in front of it, and a shedder that rules how much comes. */
class SimulatedNode {
  readonly shedder = new LoadShedder(7);
  changes = 0;
  lostMs = 0;
  /** Voices given up, times ms. */
  givenUpMs = 0;
  #nowMs = 0;
  #waitingMs = 0;
  readonly #bufferMs: number;

  /** The kernel holds so much work for it. */
  constructor(bufferMs: number) {
    this.#bufferMs = bufferMs;
  }

  /** What all the talkers send in so long comes at once: the network held it back. */
  burst({ cores }: Talk, ms: number): void {
    this.#waitingMs = Math.min(this.#bufferMs, this.#waitingMs + cores * ms);
  }

  run({ talkers, cores }: Talk, ms: number): void {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs; this.#nowMs += TICK_MS) {
      const before = this.shedder.voices;
      const heard = Math.max(1, talkers - before);
      const comes = ((cores * heard) / talkers) * TICK_MS;
      const work = this.#waitingMs + comes;
      const waits = Math.max(0, work - TICK_MS);
      this.lostMs += Math.max(0, waits - this.#bufferMs);
      this.#waitingMs = Math.min(this.#bufferMs, waits);
      const backlogShare = this.#waitingMs / this.#bufferMs;
      const voiceShare = Math.min(1, work / TICK_MS);
      const strain = { ...CALM, waitMs: this.#waitingMs, backlogShare, voiceShare, cpuShare: voiceShare };
      this.shedder.observe(strain, this.#nowMs);
      if (this.shedder.voices !== before) this.changes++;
      this.givenUpMs += this.shedder.voices * TICK_MS;
    }
  }
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
    expect(observe(shedder, { ...CALM, waitMs: 30 }, 1_000, 10_000).at(-1)).toBe(given);
  });

  it.each([
    ["a lagging loop", { ...OVERLOADED, waitMs: 0, lagMs: 60 }],
    ["datagrams that all wait", { ...OVERLOADED, lagMs: 0 }],
    ["a receive buffer that is half full", { ...OVERLOADED, waitMs: 2, backlogShare: 0.6 }],
    ["a send queue that grows", { ...CALM, standingShare: 0.5 }],
  ])("notices %s", (_what, strain) => {
    expect(observe(new LoadShedder(7), strain, 0, 1_000).at(-1)).toBeGreaterThan(0);
  });

  it("gives up nothing where voice isn't what keeps it busy, as when many join at once", () => {
    const joining = { ...OVERLOADED, lagMs: 100, voiceShare: 0.1 };
    expect(observe(new LoadShedder(7), joining, 0, 10_000).at(-1)).toBe(0);
  });

  it("gives up nothing where others keep the thread from its core", () => {
    const starved = { ...OVERLOADED, lagMs: 100, cpuShare: 0.4 };
    expect(observe(new LoadShedder(7), starved, 0, 10_000).at(-1)).toBe(0);
  });

  it("silences nobody for what is heard in time: datagrams that wait for a core which others use, too", () => {
    const shared = { ...CALM, lagMs: 15, waitMs: 25, voiceShare: 0.8, cpuShare: 0.95 };
    expect(observe(new LoadShedder(7), shared, 0, 60_000).at(-1)).toBe(0);
  });

  it("takes voices back on a machine whose other programs make it late now and then", () => {
    const shedder = new LoadShedder(7);
    observe(shedder, OVERLOADED, 0, 3_000);
    for (let ms = 3_000; ms < 63_000; ms += TICK_MS)
      shedder.observe(ms % 500 === 0 ? { ...CALM, lagMs: 30 } : CALM, ms);
    expect(shedder.voices).toBe(0);
  });

  it.each([0.9, 0.97, 1])("gives up nothing at %d of a core, while nothing is lost", (cores) => {
    const node = new SimulatedNode(12);
    node.run({ talkers: 2, cores }, 60_000);
    expect([node.changes, node.lostMs]).toEqual([0, 0]);
  });

  it.each([
    [0.5, 500],
    [0.65, 500],
    [0.8, 190],
  ])("gives up nothing at %d of a core for a burst of %d ms, which it works off by itself", (cores, ms) => {
    const node = new SimulatedNode(1_000);
    for (let n = 0; n < 10; n++) {
      node.burst({ talkers: 10, cores }, ms);
      node.run({ talkers: 10, cores }, 5_000);
    }
    expect(node.changes).toBe(0);
  });

  it("gives up voices where strain goes up and down, and never away", () => {
    const shedder = new LoadShedder(7);
    for (let ms = 0; ms < 5_000; ms += TICK_MS)
      shedder.observe({ ...OVERLOADED, waitMs: ms % 300 === 0 ? 60 : 90 }, ms);
    expect(shedder.voices).toBe(7);
  });

  it("gives up voices at once where a burst comes on top of more than it bears", () => {
    const node = new SimulatedNode(1_000);
    node.burst({ talkers: 8, cores: 1.2 }, 200);
    node.run({ talkers: 8, cores: 1.2 }, 500);
    expect(node.changes).toBe(1);
  });

  it.each([
    [1.1, 2],
    [1.3, 2],
    [1.9, 2],
    [1.5, 8],
    [3, 8],
  ])("loses less than a second's work of a minute at %d cores of %d talkers, its tries to recover included", (cores, talkers) => {
    const node = new SimulatedNode(12);
    node.run({ talkers, cores }, 60_000);
    node.lostMs = 0;
    node.run({ talkers, cores }, 60_000);
    expect(node.lostMs).toBeLessThan(1_000);
  });

  it.each([
    [1.1, 2],
    [1.3, 2],
    [1.5, 8],
    [3, 8],
  ])("doesn't flap at %d cores of %d talkers: each try that fails makes the next one wait longer", (cores, talkers) => {
    const node = new SimulatedNode(12);
    node.run({ talkers, cores }, 60_000);
    node.changes = 0;
    node.run({ talkers, cores }, 300_000);
    // A try each half minute, up and down, with a voice too many at times.
    expect(node.changes).toBeLessThan(50);
  });

  it("hears everybody again within a minute after an hour of overload, and soon after a short one", () => {
    const node = new SimulatedNode(12);
    node.run({ talkers: 8, cores: 3 }, 3_600_000);
    node.run({ talkers: 8, cores: 0.8 }, 60_000);
    expect(node.shedder.voices).toBe(0);
    node.run({ talkers: 8, cores: 3 }, 1_000);
    expect(node.shedder.voices).toBeGreaterThan(0);
    node.run({ talkers: 8, cores: 0.8 }, 4_000);
    expect(node.shedder.voices).toBe(0);
  });

  it("gives up no more for long than it must, though a failed try gives up too many until its queue is gone", () => {
    // 8 talkers of 1.5 cores: five can be heard.
    const node = new SimulatedNode(400);
    node.run({ talkers: 8, cores: 1.5 }, 60_000);
    node.givenUpMs = 0;
    node.run({ talkers: 8, cores: 1.5 }, 300_000);
    expect(node.givenUpMs / 300_000).toBeLessThan(3.3);
    expect(node.changes).toBeLessThan(100);
  });
});
