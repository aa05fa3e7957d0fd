/** Counts delays into fixed buckets. It allocates nothing: it is asked for each packet. */
export class DelayHistogram {
  /** Upper bounds in ms, ascending. */
  readonly bounds: readonly number[];
  /** One more than bounds: the last is for what is above all of them. */
  readonly counts: Float64Array;
  sumMs = 0;

  constructor(boundsMs: readonly number[]) {
    this.bounds = boundsMs;
    this.counts = new Float64Array(boundsMs.length + 1);
  }

  /** A copy, as plain numbers. */
  snapshot(): { bounds: readonly number[]; counts: readonly number[]; sum: number } {
    return { bounds: this.bounds, counts: [...this.counts], sum: this.sumMs };
  }

  observe(ms: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && ms > (this.bounds[bucket] as number)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sumMs += ms;
  }
}
