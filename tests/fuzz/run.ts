/** `npm run fuzz -- --inputs 1000000 [--seed n]`: every parser of the network's bytes, with what inputs cost. */
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";
import { fuzzedParsers } from "./parsers.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
process.stdout.write(`seed ${seed}\n`);
for (const parser of await fuzzedParsers()) {
  const { inputs, inputsPerSecond, worstMs, heapGrowthBytes } = fuzz(parser, Number(values.inputs), seed);
  const figures = [
    `${inputs.toLocaleString("en")} inputs`,
    `${Math.round(inputsPerSecond).toLocaleString("en")}/s`,
    `worst ${worstMs.toFixed(2)} ms`,
    `heap ${(heapGrowthBytes / 1024).toFixed(0)} KiB larger`,
  ];
  process.stdout.write(`${parser.name.padEnd(30)} ${figures.join(", ")}\n`);
}
