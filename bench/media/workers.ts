/**
 * A node with one media worker against one with two, each worker with the same rooms and talk. The load needs
 * cores of its own; where there are only two, both workers can't be full at once, so that what counts is what each
 * sends per CPU second beside the other, and that twice the talk arrives whole.
 */
import { measureShape, type Sampling, type Summary } from "./shape.ts";
import { startParley } from "./targets.ts";

export interface Workers {
  /** What two workers can send over what one can: twice the ratio of packets per CPU second. */
  twoOverOne: number;
  /** Of what was sent in the same time, with twice the talk. */
  twoOverOnePerSecond: number;
  oneCoresUsed: number;
  twoCoresUsed: number;
  oneLostShare: number;
  twoLostShare: number;
  twoHeardShare: number;
}

const ROOMS_PER_WORKER = 2;

export async function measureWorkers(sampling: Sampling): Promise<Workers> {
  const [one, two] = [await measure(1, sampling), await measure(2, sampling)];
  return {
    twoOverOne: (2 * two.packetsOutPerCpuSecond) / one.packetsOutPerCpuSecond,
    twoOverOnePerSecond: two.packetsOutPerSecond / one.packetsOutPerSecond,
    oneCoresUsed: one.coresUsed,
    twoCoresUsed: two.coresUsed,
    oneLostShare: one.lostShare,
    twoLostShare: two.lostShare,
    twoHeardShare: two.heardShare,
  };
}

async function measure(workers: number, sampling: Sampling): Promise<Summary> {
  const target = await startParley(workers);
  try {
    const rooms = ROOMS_PER_WORKER * workers;
    return await measureShape(target, { rooms, members: 101, talkers: 6, payloadBytes: 100 }, sampling);
  } finally {
    await target.child.end();
  }
}
