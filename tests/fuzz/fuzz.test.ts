/** A short run of each fuzzer; `npm run fuzz` is the long one. */
import { expect, it } from "vitest";
import { complaintsOf, fuzz } from "./fuzz.ts";
import { fuzzedParsers, isGoodAnswer, stunAnswers } from "./parsers.ts";

const INPUTS = 5_000;
/** Bounds a hang; a busy machine takes its time. */
const RUN_MS_MAX = 60_000;
/** The run's own garbage counts here, since tests can't ask for a collection. */
const HEAP_GROWTH_BYTES_MAX = 64 * 1024 * 1024;
const SLOW_MS = 8;

it.each(await fuzzedParsers())(
  "$name: nothing thrown, nothing slow, nothing kept",
  (parser) => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const result = fuzz(parser, INPUTS, seed);
    expect(complaintsOf(result, HEAP_GROWTH_BYTES_MAX), `seed ${seed}`).toEqual([]);
  },
  RUN_MS_MAX,
);

it("the answers that are bent are good ones, as far as their signature", () => {
  expect(stunAnswers.length).toBeGreaterThan(0);
  for (const answer of stunAnswers) expect(isGoodAnswer(answer)).toBe(true);
});

it("a parser that throws, is slow each time or keeps what it reads is found; one that was slow once isn't", () => {
  const corpus = [Buffer.alloc(100)];
  const complaints = (parse: (input: Buffer) => void, heapGrowthBytesMax = HEAP_GROWTH_BYTES_MAX) =>
    complaintsOf(fuzz({ name: "a", corpus, bytesMax: 100, parse }, 3, 1), heapGrowthBytesMax);
  // Its own time: what others on the machine take doesn't count.
  const work = () => {
    for (const before = process.cpuUsage(); process.cpuUsage(before).user < SLOW_MS * 1_000; );
  };
  let isFirst = true;
  const workOnce = () => {
    if (isFirst) work();
    isFirst = false;
  };
  expect(() => complaints(() => JSON.parse("{"))).toThrow("a threw with seed 1 on");
  expect(complaints(work)).toEqual(["an input takes more than 5 ms each time"]);
  expect(complaints(workOnce)).toEqual([]);
  const kept: string[][] = [];
  const keep = () => void kept.push(Array.from({ length: 100_000 }, String));
  expect(complaints(keep, 1_000_000)).toContain("more than 1000000 bytes are kept");
});
