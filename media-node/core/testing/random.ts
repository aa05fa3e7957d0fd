/** Park and Miller's generator: small, seeded, good enough to choose test cases. 0 ≤ value < 1. */
export function seededRandom(seed: number): () => number {
  let state = seed % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
