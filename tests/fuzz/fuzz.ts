/** Runs a parser on mutated inputs and measures what they cost. */
import { seededRandom } from "@parley/media-node/rtc/testing/seeded-random";
import type { FuzzedParser } from "./fuzzed-parser.ts";
import { mutate } from "./mutate.ts";

export interface FuzzResult {
  name: string;
  inputs: number;
  inputsPerSecond: number;
  /** The most that one input took, in ms; measured again where the machine may have been busy with others. */
  worstMs: number;
  heapGrowthBytes: number;
}

/** A quarter of a voice frame: no input may hold up the others for longer. */
const WORST_MS_MAX = 5;

/** Slow enough to look twice. */
const SUSPICIOUS_MS = 1;
const REPEATS = 5;

/** Throws what the parser threw, with the input and the seed. */
export function fuzz(parser: FuzzedParser, inputs: number, seed: number): FuzzResult {
  const random = seededRandom(seed);
  const heapBefore = heapBytes();
  const startedAtMs = performance.now();
  let worstMs = 0;
  for (let index = 0; index < inputs; index++) {
    const original = parser.corpus[index % parser.corpus.length] as Buffer;
    const input = mutate(original, parser.corpus, random, parser.bytesMax);
    if (index % 2 === 0) parser.mend?.(input);
    let tookMs = timeOf(parser, input, seed);
    for (let repeat = 0; repeat < REPEATS && tookMs > SUSPICIOUS_MS; repeat++)
      tookMs = Math.min(tookMs, timeOf(parser, input, seed), cpuTimeOf(parser, input, seed));
    worstMs = Math.max(worstMs, tookMs);
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  return {
    name: parser.name,
    inputs,
    inputsPerSecond: inputs / seconds,
    worstMs,
    heapGrowthBytes: heapBytes() - heapBefore,
  };
}

/** What is wrong with a result. */
export function complaintsOf({ worstMs, heapGrowthBytes }: FuzzResult, heapGrowthBytesMax: number): string[] {
  const slow = worstMs > WORST_MS_MAX ? [`an input takes more than ${WORST_MS_MAX} ms each time`] : [];
  const kept = heapGrowthBytes > heapGrowthBytesMax ? [`more than ${heapGrowthBytesMax} bytes are kept`] : [];
  return [...slow, ...kept];
}

function timeOf(parser: FuzzedParser, input: Buffer, seed: number): number {
  const startedAtMs = performance.now();
  try {
    parser.parse(input);
  } catch (cause) {
    throw new Error(`${parser.name} threw with seed ${seed} on ${input.toString("hex")}`, { cause });
  }
  return performance.now() - startedAtMs;
}

/** What others on the machine take doesn't count. */
function cpuTimeOf(parser: FuzzedParser, input: Buffer, seed: number): number {
  const before = process.cpuUsage();
  timeOf(parser, input, seed);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** After a collection where Node lets us (`--expose-gc`). */
function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
