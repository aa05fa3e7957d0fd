/** Two ways of doing the same, measured in turns in one run: a noisy neighbour hits both. */
import { percentile } from "./percentile.ts";

export interface Compared {
  perSecond: number;
  ceilingPerSecond: number;
  /** Median over the rounds of ours ÷ ceiling. */
  ratio: number;
  msP50: number;
  msP99: number;
}

const ROUNDS = 7;
const ROUND_MS = 1_000;
const AT_ONCE = 8;
const ALONE = 300;

/** Throughput with eight at once; latency of ours alone, one after the other. */
export async function compare(
  ours: () => Promise<unknown>,
  ceiling: () => Promise<unknown>,
): Promise<Compared> {
  // Both warm: connections open, statements prepared, code compiled.
  await throughput(ours);
  await throughput(ceiling);
  const rates: { ours: number; ceiling: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Who goes first changes each round.
    const first = round % 2 === 0 ? ours : ceiling;
    const second = first === ours ? ceiling : ours;
    const [a, b] = [await throughput(first), await throughput(second)];
    rates.push(first === ours ? { ours: a, ceiling: b } : { ours: b, ceiling: a });
  }
  const ms: number[] = [];
  for (let n = 0; n < ALONE; n++) {
    const startedAtMs = performance.now();
    await ours();
    ms.push(performance.now() - startedAtMs);
  }
  return {
    perSecond: median(rates.map((rate) => rate.ours)),
    ceilingPerSecond: median(rates.map((rate) => rate.ceiling)),
    ratio: median(rates.map((rate) => rate.ours / rate.ceiling)),
    msP50: percentile(ms, 0.5),
    msP99: percentile(ms, 0.99),
  };
}

async function throughput(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  let done = 0;
  const lane = async () => {
    while (performance.now() - startedAtMs < ROUND_MS) {
      await work();
      done++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return (done / (performance.now() - startedAtMs)) * 1000;
}

const median = (values: readonly number[]): number => percentile(values, 0.5);
