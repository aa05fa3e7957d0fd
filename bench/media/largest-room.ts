/** A thousand listeners and ten talkers in one room on one core: how many may talk at once until somebody misses something. */
import { enterCrowd, leaveCrowd, measureTalk, type Sampling, type Summary, type Target } from "./shape.ts";

const LISTENERS = 1_000;
const TALKERS = 10;
/** What is a packet on its way at a sample's edge, and what is a loss. */
const HEARD_SHARE_MIN = 0.999;

type Result = Summary & { participants: number; talkersAtOnce: number };

export async function measureLargestRoom(
  target: Target,
  sampling: Sampling,
  onSummary: (summary: Summary) => Summary,
): Promise<{ thousandListeners: Result; talkersAtOnceMax: number; thousandListenersBeyond: Result }> {
  const participants = LISTENERS + TALKERS;
  const load = await enterCrowd(target, {
    rooms: 1,
    members: participants,
    talkers: TALKERS,
    payloadBytes: 100,
  });
  const measure = async (talkersAtOnce: number): Promise<Result> => {
    const summary = onSummary(await measureTalk(target, load, sampling, { talkersAtOnce }));
    return { ...summary, participants, talkersAtOnce };
  };
  try {
    let carried = await measure(1);
    for (let talkersAtOnce = 2; ; talkersAtOnce++) {
      const result = await measure(talkersAtOnce);
      if (!isWhole(result) || talkersAtOnce === TALKERS)
        return {
          thousandListeners: carried,
          talkersAtOnceMax: isWhole(carried) ? carried.talkersAtOnce : 0,
          thousandListenersBeyond: result,
        };
      carried = result;
    }
  } finally {
    await leaveCrowd(load);
  }
}

const isWhole = ({ lostShare, heardShare }: Summary): boolean =>
  lostShare === 0 && heardShare >= HEARD_SHARE_MIN;
