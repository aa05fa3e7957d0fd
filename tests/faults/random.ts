/** Repeatable randomness: SEED in the environment, else a new one, printed. */
export function createRandom(): () => number {
  let state = Number(process.env.SEED) || Math.floor(Math.random() * 2 ** 31);
  process.stdout.write(`SEED=${state}\n`);
  // mulberry32: 32 bits of state are plenty to choose moments.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
