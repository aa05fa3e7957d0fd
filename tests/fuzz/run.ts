/**
 * `npm run fuzz -- --inputs 1000000 [--seed n]`: every parser of the network's bytes, with what inputs cost. Ends with 1
 * where one throws, is slow, or keeps what it reads.
 */
import { parseArgs } from "node:util";
import { complaintsOf, type FuzzResult, fuzz } from "./fuzz.ts";
import { fuzzedParsers } from "./parsers.ts";

/** After a collection, whatever the number of inputs: compiled code, tables and caches come to less than 1 MiB. */
const HEAP_GROWTH_BYTES_MAX = 8 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
process.stdout.write(`seed ${seed}\n`);
for (const parser of await fuzzedParsers()) {
  const told = tell(() => fuzz(parser, Number(values.inputs), seed));
  process.stdout.write(`${parser.name.padEnd(30)} ${told}\n`);
}

function tell(run: () => FuzzResult): string {
  try {
    const result = run();
    const complaints = complaintsOf(result, HEAP_GROWTH_BYTES_MAX);
    if (complaints.length > 0) process.exitCode = 1;
    return [...figuresOf(result), ...complaints.map((complaint) => `WRONG: ${complaint}`)].join(", ");
  } catch (error) {
    process.exitCode = 1;
    const { message, cause } = error as Error;
    return `WRONG: ${message}: ${cause instanceof Error ? cause.stack : cause}`;
  }
}

function figuresOf({ inputs, inputsPerSecond, worstMs, heapGrowthBytes }: FuzzResult): string[] {
  return [
    `${inputs.toLocaleString("en")} inputs`,
    `${Math.round(inputsPerSecond).toLocaleString("en")}/s`,
    `worst ${worstMs.toFixed(2)} ms`,
    `heap ${(heapGrowthBytes / 1024).toFixed(0)} KiB larger`,
  ];
}
