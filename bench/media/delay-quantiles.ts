/** Quantiles of any number of delays in little space: counted in steps of 2 %, from 10 µs to minutes. */
const FIRST_MS = 0.01;
const STEP = Math.log(1.02);
const BUCKETS = 1_000;

export class DelayQuantiles {
  readonly #counts = new Uint32Array(BUCKETS);
  count = 0;

  add(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, FIRST_MS) / FIRST_MS) / STEP);
    const index = Math.min(BUCKETS - 1, bucket);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.count++;
  }

  /** In ms, 1 % exact; NaN where nothing was measured. */
  at(share: number): number {
    let left = Math.ceil(share * this.count);
    for (let bucket = 0; bucket < BUCKETS && this.count > 0; bucket++) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return FIRST_MS * Math.exp((bucket + 0.5) * STEP);
    }
    return Number.NaN;
  }
}
