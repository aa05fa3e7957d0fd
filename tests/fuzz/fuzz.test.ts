/** A short run of each fuzzer; `npm run fuzz` is the long one. */
import { expect, it } from "vitest";
import { fuzz } from "./fuzz.ts";
import { fuzzedParsers } from "./parsers.ts";

const INPUTS = 5_000;
/** Bounds a hang; a busy machine takes its time. */
const RUN_MS_MAX = 60_000;
const WORST_MS_MAX = 5;
/** The run's own garbage counts here, since tests can't ask for a collection. */
const HEAP_GROWTH_BYTES_MAX = 64 * 1024 * 1024;

it.each(await fuzzedParsers())(
  "$name: nothing thrown, nothing slow, nothing kept",
  (parser) => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const { worstMs, heapGrowthBytes } = fuzz(parser, INPUTS, seed);
    expect(worstMs, `seed ${seed}`).toBeLessThan(WORST_MS_MAX);
    expect(heapGrowthBytes, `seed ${seed}`).toBeLessThan(HEAP_GROWTH_BYTES_MAX);
  },
  RUN_MS_MAX,
);
