/**
 * One saturated thread against two at once, without a node around: room, seal and send are the real ones, the
 * packets come from a loop, and each thread's own second socket takes them, as no core is left for listeners.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { percentile } from "../percentile.ts";
import type { Forwarded } from "./saturation-worker.ts";

const RUN_MS = 1_500;

export interface Saturation {
  /** Packets per second of two threads over one: what else runs on the machine takes from both. */
  twoThreadsOverOne: number;
  /** The same per second of their own CPU time, which others don't take from. */
  twoThreadsOverOneByCpu: number;
}

export async function measureSaturation(samples: number): Promise<Saturation> {
  const workers = [spawn(), spawn()];
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const ratios: number[] = [];
  const cpuRatios: number[] = [];
  for (let n = 0; n < samples; n++) {
    const [one] = await forward(workers.slice(0, 1));
    const two = await forward(workers);
    const perSecond = (all: Forwarded[]) =>
      all.reduce((sum, each) => sum + each.packets / each.wallSeconds, 0);
    const perCpuSecond = (all: Forwarded[]) =>
      all.reduce((sum, each) => sum + each.packets / each.cpuSeconds, 0);
    ratios.push(perSecond(two) / perSecond([one as Forwarded]));
    cpuRatios.push(perCpuSecond(two) / perCpuSecond([one as Forwarded]));
  }
  for (const worker of workers) await worker.terminate();
  return {
    twoThreadsOverOne: percentile(ratios, 0.5),
    twoThreadsOverOneByCpu: percentile(cpuRatios, 0.5),
  };
}

const spawn = () => new Worker(new URL("./saturation-worker.ts", import.meta.url));

async function forward(workers: Worker[]): Promise<Forwarded[]> {
  return Promise.all(
    workers.map(async (worker) => {
      worker.postMessage(RUN_MS);
      const [forwarded] = await once(worker, "message");
      return forwarded as Forwarded;
    }),
  );
}
