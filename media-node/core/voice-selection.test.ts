/** Who is heard in a room of more people than voices, on a simulated network. */
import { describe, expect, it } from "vitest";
import { seededRandom } from "./testing/random.ts";
import { RoomSimulation } from "./testing/room-simulation.ts";

const SEEDS = [1, 7, 20_261_124];
const BAD_NETWORK = { lossShare: 0.05, jitterMs: 60 };

/** Words of 0.3–2 s and pauses of 0.4–1 s, as people speak. */
function speech(random: () => number, fromMs: number, toMs: number, say: (from: number, to: number) => void) {
  for (let ms = fromMs; ms < toMs; ) {
    const endMs = Math.min(toMs, ms + 300 + random() * 1_700);
    say(ms, endMs);
    ms = endMs + 400 + random() * 600;
  }
}

describe.each(SEEDS)("voice selection (seed %i)", (seed) => {
  it("never clips an onset: a new talker's first packet goes to everyone as it arrives", () => {
    const simulation = new RoomSimulation({ voices: 3, seed, network: BAD_NETWORK });
    const random = seededRandom(seed);
    const people = 12;
    for (let n = 1; n <= people; n++) simulation.join(n);
    const starts: { n: number; ms: number }[] = [];
    for (let turn = 0, ms = 0; turn < 300; turn++, ms += 1_500) {
      const n = 1 + Math.floor(random() * people);
      starts.push({ n, ms });
      simulation.talk(n, ms, ms + 600 + random() * 500, -45 + random() * 35);
    }
    simulation.run(300 * 1_500);
    const listenersAt = new Map<string, number>();
    for (const { from, atMs } of simulation.heard) {
      const key = `${from} ${atMs}`;
      listenersAt.set(key, (listenersAt.get(key) ?? 0) + 1);
    }
    const clipped = starts.filter(({ n, ms }) => {
      const first = simulation.arrivals.find((arrival) => arrival.from === n && arrival.atMs >= ms);
      return listenersAt.get(`${n} ${first?.atMs}`) !== people - 1;
    });
    expect(clipped).toEqual([]);
  });

  it.each([
    19, 40, 60,
  ])("of the first packets that talkers send none is lost to reordering of %i ms", (jitterMs) => {
    const simulation = new RoomSimulation({ voices: 3, seed, network: { lossShare: 0, jitterMs } });
    const people = 12;
    for (let n = 1; n <= people; n++) simulation.join(n);
    for (let turn = 0; turn < 300; turn++)
      simulation.talk(1 + (turn % people), turn * 1_500, turn * 1_500 + 900, -25);
    simulation.run(301 * 1_500);
    const listenersAt = new Map<string, number>();
    for (const { from, atMs } of simulation.heard)
      listenersAt.set(`${from} ${atMs}`, (listenersAt.get(`${from} ${atMs}`) ?? 0) + 1);
    const sent = simulation.arrivals.filter(({ packet }) => packet.marker);
    expect(sent).toHaveLength(300);
    const lost = sent.filter(({ from, atMs }) => listenersAt.get(`${from} ${atMs}`) !== people - 1);
    // One that comes behind a gap of its own is rare, and can't be numbered.
    expect(lost.length).toBeLessThanOrEqual(3);
  });

  it("doesn't flap between two equal talkers on one voice for 60 s", () => {
    const simulation = new RoomSimulation({ voices: 1, seed, network: BAD_NETWORK });
    const random = seededRandom(seed);
    for (let n = 1; n <= 3; n++) simulation.join(n);
    const before = simulation.voiceChanges;
    for (const n of [1, 2]) simulation.talk(n, n * 5_000, 65_000, () => -30 + (random() - 0.5) * 6);
    simulation.run(65_000);
    expect(simulation.voiceChanges - before).toBeLessThanOrEqual(2);
  });

  it.each([
    ["without a pause", 60_000, 0],
    ["with pauses put in", 1_500, 320],
  ])("shouters with a forged level, %s, don't hold the floor", (_how, wordMs, pauseMs) => {
    const simulation = new RoomSimulation({ voices: 2, seed, network: BAD_NETWORK });
    const random = seededRandom(seed);
    for (let n = 1; n <= 4; n++) simulation.join(n);
    for (const shouter of [1, 2])
      for (let ms = 0; ms < 60_000; ms += wordMs + pauseMs) simulation.talk(shouter, ms, ms + wordMs, 0);
    speech(random, 20_000, 60_000, (from, to) => simulation.talk(3, from, to, -28));
    simulation.run(61_000);
    const came = simulation.arrivals.filter((arrival) => arrival.from === 3).length;
    const share = simulation.heardBy(4, 3).length / came;
    expect(share).toBeGreaterThan(0.9);
  });

  it("hears each of K + 2 people who take turns from their first packet on", () => {
    const voices = 8;
    // Without reordering: a packet that comes after its successor can't be the first.
    const simulation = new RoomSimulation({ voices, seed, network: { lossShare: 0.05, jitterMs: 19 } });
    for (let n = 1; n <= voices + 2; n++) simulation.join(n);
    for (let turn = 0; turn < 100; turn++)
      simulation.talk(1 + (turn % (voices + 2)), turn * 2_000, turn * 2_000 + 1_900);
    simulation.run(200_000);
    for (let n = 1; n <= voices + 2; n++) {
      const came = simulation.arrivals.filter((arrival) => arrival.from === n).length;
      expect(simulation.heardBy(n === 1 ? 2 : 1, n).length, `talker ${n}`).toBe(came);
    }
  });

  it("hears two who take turns though K people talk without a pause", () => {
    const simulation = new RoomSimulation({ voices: 4, seed, network: { lossShare: 0.05, jitterMs: 19 } });
    for (let n = 1; n <= 7; n++) simulation.join(n);
    for (let n = 1; n <= 4; n++) simulation.talk(n, 0, 60_000);
    for (let turn = 0; turn < 20; turn++)
      simulation.talk(5 + (turn % 2), 10_000 + turn * 2_000, 11_900 + turn * 2_000);
    simulation.run(61_000);
    for (const n of [5, 6]) {
      const came = simulation.arrivals.filter((arrival) => arrival.from === n).length;
      expect(simulation.heardBy(7, n).length, `talker ${n}`).toBe(came);
    }
  });

  it("hears whoever begins 200 ms after another one has ended from their first packet on, though all others talk on", () => {
    const voices = 4;
    const simulation = new RoomSimulation({ voices, seed, network: { lossShare: 0.05, jitterMs: 19 } });
    for (let n = 1; n <= voices + 3; n++) simulation.join(n);
    for (let n = 1; n < voices; n++) simulation.talk(n, 0, 60_000);
    const turns = Array.from({ length: 60 }, (_, turn) => ({ n: voices + (turn % 3), ms: 600 + turn * 700 }));
    for (const { n, ms } of turns) simulation.talk(n, ms, ms + 500);
    simulation.run(61_000);
    for (const n of [voices, voices + 1, voices + 2]) {
      const came = simulation.arrivals.filter((arrival) => arrival.from === n).length;
      expect(simulation.heardBy(voices + 3, n).length, `talker ${n}`).toBe(came);
    }
  });

  it("keeps everyone's voice fixed while there are no more people than voices", () => {
    const simulation = new RoomSimulation({ voices: 4, seed, network: BAD_NETWORK });
    const random = seededRandom(seed);
    for (let n = 1; n <= 4; n++) simulation.join(n);
    const before = simulation.voiceChanges;
    for (let n = 1; n <= 4; n++)
      speech(random, 0, 60_000, (from, to) => simulation.talk(n, from, to, -60 + random() * 50));
    simulation.run(61_000);
    expect(simulation.voiceChanges).toBe(before);
    for (const arrival of [1, 2, 3])
      expect(new Set(simulation.heardBy(4, arrival).map((heard) => heard.voice)).size).toBe(1);
  });

  it("gives a listener contiguous numbers and real-time timestamps over 10,000 switches with wrap-arounds", () => {
    const simulation = new RoomSimulation({ voices: 1, seed });
    const random = seededRandom(seed);
    for (let n = 1; n <= 4; n++) simulation.join(n);
    let last = 0;
    let ms = 0;
    for (let turn = 0; turn < 10_000; turn++) {
      const n = 1 + ((last + Math.floor(random() * 2)) % 3);
      last = n;
      const packets = 1 + Math.floor(random() * 12);
      simulation.talk(n, ms, ms + packets * 20);
      ms += packets * 20 + 320 + Math.floor(random() * 10) * 20;
    }
    simulation.run(ms);
    const heard = simulation.heardBy(4);
    expect(heard.length).toBe(simulation.arrivals.length);
    let wraps = 0;
    const wrong: unknown[] = [];
    for (let index = 1; index < heard.length; index++) {
      const [before, after] = [heard[index - 1], heard[index]];
      if (!before || !after) continue;
      const ticks = (after.timestamp - before.timestamp) >>> 0;
      const isNext = after.sequenceNumber === ((before.sequenceNumber + 1) & 0xffff);
      if (!isNext || ticks !== Math.round((after.atMs - before.atMs) * 48)) wrong.push({ before, after });
      if (after.sequenceNumber < before.sequenceNumber || after.timestamp < before.timestamp) wraps++;
    }
    expect(wrong).toEqual([]);
    expect(wraps).toBeGreaterThan(0);
  });

  it("numbers no two packets of a voice alike, whatever the network does", () => {
    const simulation = new RoomSimulation({ voices: 2, seed, network: { lossShare: 0.1, jitterMs: 300 } });
    const random = seededRandom(seed);
    for (let n = 1; n <= 5; n++) simulation.join(n);
    for (let n = 1; n <= 5; n++)
      speech(random, 0, 120_000, (from, to) => simulation.talk(n, from, to, -40 + random() * 30));
    simulation.run(121_000);
    for (const voice of [0, 1]) {
      const heard = simulation.heardBy(5).filter((entry) => entry.voice === voice);
      const recent = new Map<number, number>();
      let alike = 0;
      for (const [index, { sequenceNumber }] of heard.entries()) {
        if (index - (recent.get(sequenceNumber) ?? Number.NEGATIVE_INFINITY) < 30_000) alike++;
        recent.set(sequenceNumber, index);
      }
      expect(alike).toBe(0);
    }
  });
});

describe("priority speakers", () => {
  it("take a voice at once from ordinary talkers, however loud, and give none to them", () => {
    const simulation = new RoomSimulation({ voices: 2, seed: 3 });
    for (let n = 1; n <= 4; n++) simulation.join(n, { isPriority: n === 3 });
    for (const n of [1, 2, 4]) simulation.talk(n, 0, 10_000, 0);
    simulation.talk(3, 2_000, 8_000, -48);
    simulation.run(10_100);
    expect(simulation.heardBy(1, 3).length).toBe(300);
  });
});

describe("a quiet microphone", () => {
  it("is heard when nobody else speaks, though it never reaches the level of speech", () => {
    const simulation = new RoomSimulation({ voices: 1, seed: 3 });
    for (let n = 1; n <= 3; n++) simulation.join(n);
    simulation.talk(1, 0, 1_000, -20);
    simulation.talk(1, 1_000, 10_000, -90);
    simulation.talk(2, 4_000, 6_000, -58);
    simulation.run(10_100);
    expect(simulation.heardBy(3, 2).length).toBe(100);
  });
});

describe("shedding", () => {
  it("leaves each room its loudest voice, however few it has", () => {
    const simulation = new RoomSimulation({ voices: 8, seed: 3 });
    for (let n = 1; n <= 3; n++) simulation.join(n);
    simulation.talk(1, 0, 3_000, -20);
    simulation.talk(2, 0, 3_000, -40);
    simulation.shedVoices = 7;
    simulation.run(3_100);
    expect(simulation.heardBy(3, 1).length).toBe(150);
    expect(simulation.heardBy(3, 2).length).toBeLessThan(10);
  });

  it("gives up the least loud voices first, never a priority speaker's, counts, and recovers", () => {
    const simulation = new RoomSimulation({ voices: 4, seed: 3 });
    for (let n = 1; n <= 5; n++) simulation.join(n, { isPriority: n === 1, canSpeak: n < 5 });
    for (const [n, level] of [
      [1, -45],
      [2, -40],
      [3, -30],
      [4, -20],
    ] as const)
      simulation.talk(n, 0, 4_000, level);
    const heardWhile = (untilMs: number) => {
      const from = simulation.heard.length;
      simulation.run(untilMs);
      const talkers = simulation.heard.slice(from).filter((heard) => heard.to === 5);
      return [...new Set(talkers.map((heard) => heard.from))].sort();
    };
    expect(heardWhile(950)).toEqual([1, 2, 3, 4]);
    simulation.shedVoices = 1;
    simulation.run(1_050);
    expect(heardWhile(1_950)).toEqual([1, 3, 4]);
    simulation.shedVoices = 4;
    simulation.run(2_050);
    expect(heardWhile(2_950)).toEqual([1]);
    expect(simulation.drops.shed).toBeGreaterThan(100);
    simulation.shedVoices = 0;
    simulation.run(3_050);
    expect(heardWhile(3_950)).toEqual([1, 2, 3, 4]);
  });

  it("is never of a new talker's first word, or of a priority speaker's", () => {
    for (const isPriority of [true, false]) {
      const simulation = new RoomSimulation({ voices: 2, seed: 3 });
      for (let n = 1; n <= 4; n++) simulation.join(n, { isPriority: isPriority && n === 3 });
      simulation.talk(1, 0, 4_000, -20);
      // Shed once, 3 isn't when they speak again.
      if (!isPriority) simulation.talk(3, 0, 900, -40);
      simulation.talk(2, 1_000, 4_000, -30);
      simulation.run(10);
      simulation.shedVoices = 1;
      simulation.run(1_950);
      // Between two ticks: on one of them a new talker may be found to be the least loud.
      simulation.talk(3, 1_990, 3_000, isPriority ? -45 : -15);
      simulation.run(4_100);
      const came = simulation.arrivals.filter(({ from, atMs }) => from === 3 && atMs > 1_950);
      const heard = simulation.heardBy(4, 3).filter(({ atMs }) => atMs > 1_950);
      if (!isPriority) expect(simulation.drops.shed).toBeGreaterThan(30);
      expect(heard.map(({ atMs }) => atMs)).toEqual(came.map(({ atMs }) => atMs));
    }
  });

  it("ends with silence what it takes, and leaves no gap in a listener's numbers", () => {
    const simulation = new RoomSimulation({ voices: 2, seed: 3 });
    for (let n = 1; n <= 3; n++) simulation.join(n, { canSpeak: n < 3 });
    simulation.talk(1, 0, 4_000, -20);
    simulation.talk(2, 0, 4_000, -40);
    simulation.run(950);
    simulation.shedVoices = 1;
    simulation.run(1_950);
    simulation.shedVoices = 0;
    simulation.run(4_100);
    const silences = simulation.silences.filter(({ to }) => to === 3);
    const numbers = [...simulation.heardBy(3, 2), ...silences]
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ sequenceNumber }) => sequenceNumber);
    expect(silences.length).toBeGreaterThan(0);
    expect(
      numbers.slice(1).filter((number, index) => ((number - (numbers[index] ?? 0)) & 0xffff) !== 1),
    ).toEqual([]);
  });

  it("counts only who sends: with two of eight talking, the first step already saves one", () => {
    const simulation = new RoomSimulation({ voices: 8, seed: 3 });
    for (let n = 1; n <= 8; n++) simulation.join(n);
    simulation.talk(1, 0, 3_000, -20);
    simulation.talk(2, 0, 3_000, -40);
    simulation.shedVoices = 1;
    simulation.run(3_100);
    expect(simulation.heardBy(3, 1).length).toBe(150);
    expect(simulation.heardBy(3, 2).length).toBeLessThan(10);
  });

  it("doesn't go back and forth between two who are equally loud", () => {
    const simulation = new RoomSimulation({ voices: 4, seed: 3 });
    for (let n = 1; n <= 4; n++) simulation.join(n);
    for (const [n, swing] of [
      [1, 2],
      [2, -2],
    ] as const)
      simulation.talk(n, 0, 10_000, (ms) => -30 + swing * Math.sin(ms / 300));
    simulation.shedVoices = 1;
    simulation.run(10_100);
    const shares = [1, 2].map((n) => simulation.heardBy(3, n).length / 500);
    expect(Math.max(...shares)).toBe(1);
    expect(Math.min(...shares)).toBeLessThan(0.1);
  });
});
