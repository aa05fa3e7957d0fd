/** Two ways of doing the same, measured in turns in one run: a noisy neighbour hits both. */
import { percentile } from "./percentile.ts";

export interface Compared {
  perSecond: number;
  ceilingPerSecond: number;
  /** Median over the rounds of ours ÷ ceiling. */
  ratio: number;
  /**
   * The same by CPU seconds of this process, in which Postgres and Redis don't count: what the ratio is where they have
   * machines of their own. Here they share the cores with what is measured.
   */
  ratioByCpu: number;
  /** Of this process. */
  cpuMs: number;
  ceilingCpuMs: number;
  msP50: number;
  msP99: number;
}

const ROUNDS = 7;
const ROUND_MS = 1_000;
const AT_ONCE = 8;
const ALONE = 300;
/** Each runs so often first: V8 compiles by calls, and a server that has run for a minute is what we measure. */
const WARM_CALLS = 1_000;

/** Throughput with eight at once; latency of ours alone, one after the other. */
export async function compare(
  ours: () => Promise<unknown>,
  ceiling: () => Promise<unknown>,
): Promise<Compared> {
  // Both warm: connections open, statements prepared, code compiled.
  for (const work of [ours, ceiling]) {
    for (let calls = 0; calls < WARM_CALLS; ) calls += (await throughput(work)).done;
  }
  const rounds: { ours: Round; ceiling: Round }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Who goes first changes each round.
    const first = round % 2 === 0 ? ours : ceiling;
    const second = first === ours ? ceiling : ours;
    const [a, b] = [await throughput(first), await throughput(second)];
    rounds.push(first === ours ? { ours: a, ceiling: b } : { ours: b, ceiling: a });
  }
  const ms: number[] = [];
  for (let n = 0; n < ALONE; n++) {
    const startedAtMs = performance.now();
    await ours();
    ms.push(performance.now() - startedAtMs);
  }
  const over = (pick: (round: (typeof rounds)[number]) => number) => percentile(rounds.map(pick), 0.5);
  return {
    perSecond: over((round) => round.ours.perSecond),
    ceilingPerSecond: over((round) => round.ceiling.perSecond),
    ratio: over((round) => round.ours.perSecond / round.ceiling.perSecond),
    ratioByCpu: over((round) => round.ceiling.cpuMs / round.ours.cpuMs),
    cpuMs: over((round) => round.ours.cpuMs),
    ceilingCpuMs: over((round) => round.ceiling.cpuMs),
    msP50: percentile(ms, 0.5),
    msP99: percentile(ms, 0.99),
  };
}

interface Round {
  done: number;
  perSecond: number;
  /** Of each. */
  cpuMs: number;
}

async function throughput(work: () => Promise<unknown>): Promise<Round> {
  const startedAtMs = performance.now();
  const startCpu = process.cpuUsage();
  let done = 0;
  const lane = async () => {
    while (performance.now() - startedAtMs < ROUND_MS) {
      await work();
      done++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const { user, system } = process.cpuUsage(startCpu);
  return {
    done,
    perSecond: (done / (performance.now() - startedAtMs)) * 1000,
    cpuMs: (user + system) / 1_000 / done,
  };
}
