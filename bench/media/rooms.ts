/**
 * Many small rooms. In a conversation one talks at a time; two who talk at once in every room are twice as many
 * packets, which is more than these rooms ask for in life and about all that a core can carry.
 */
import { enterCrowd, leaveCrowd, measureTalk, type Sampling, type Summary, type Target } from "./shape.ts";

const ROOMS = 200;
const MEMBERS = 5;

/** Of each room, so many talk at any moment; who does changes each two seconds. */
type Result = Summary & { participants: number; talkersAtOnce: number };

export async function measureRooms(
  target: Target,
  sampling: Sampling,
  onSummary: (summary: Summary) => Summary,
): Promise<{ oneTalking: Result; twoAtOnce: Result }> {
  const load = await enterCrowd(target, {
    rooms: ROOMS,
    members: MEMBERS,
    talkers: MEMBERS,
    payloadBytes: 100,
  });
  const measure = async (talkersAtOnce: number): Promise<Result> => {
    const summary = onSummary(await measureTalk(target, load, sampling, { talkersAtOnce }));
    return { ...summary, participants: ROOMS * MEMBERS, talkersAtOnce };
  };
  try {
    return { oneTalking: await measure(1), twoAtOnce: await measure(2) };
  } finally {
    await leaveCrowd(load);
  }
}
