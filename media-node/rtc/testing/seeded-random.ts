/** Park and Miller's generator: 0 ≤ x < 1, the same for the same seed. For tests that must be repeatable. */
export function seededRandom(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
