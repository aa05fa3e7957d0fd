/** How often properties are tried, and from which seed: read here and nowhere else. */
const RUNS_BY_DEFAULT = 300;
const DATABASE_RUNS_BY_DEFAULT = 8;

const env = process.env;

export const propertyRuns = {
  numRuns: Number(env.FAST_CHECK_RUNS ?? RUNS_BY_DEFAULT),
  seed: Number(env.FAST_CHECK_SEED ?? Math.floor(Math.random() * 2 ** 31)),
};

/** For properties that cost a database each time. */
export const databasePropertyRuns = {
  numRuns: Number(env.FAST_CHECK_RUNS ?? DATABASE_RUNS_BY_DEFAULT),
  seed: propertyRuns.seed,
};

console.info(`properties: ${propertyRuns.numRuns} runs, FAST_CHECK_SEED=${propertyRuns.seed}`);
