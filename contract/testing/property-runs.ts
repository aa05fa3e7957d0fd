/** How often properties are tried, and from which seed: read here and nowhere else. */
const RUNS_BY_DEFAULT = 300;

const env = process.env;

export const propertyRuns = {
  numRuns: Number(env.FAST_CHECK_RUNS ?? RUNS_BY_DEFAULT),
  seed: Number(env.FAST_CHECK_SEED ?? Math.floor(Math.random() * 2 ** 31)),
};

console.info(`properties: ${propertyRuns.numRuns} runs, FAST_CHECK_SEED=${propertyRuns.seed}`);
