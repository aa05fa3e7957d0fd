/**
 * `npm run bench:soak -- --minutes 60`: half a core's load for a long time, with people who come and go and more
 * talkers than voices. Heap and RSS must not rise, and nothing may be lost. Each line also says who else wanted the
 * cores, so that a loss has a cause.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { enterCrowd, leaveCrowd, startTalking } from "./media/shape.ts";
import { type SoakSample, soakLine, soakSample } from "./media/soak-sample.ts";
import { startParley } from "./media/targets.ts";
import { report } from "./report.ts";
import { slope } from "./slope.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, json: { type: "boolean", default: false } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0; it got "${values.minutes}"`);

const SAMPLE_MS = 15_000;
const SAMPLES_PER_MINUTE = 4;
/**
 * About half a core of the machines that this was made on; `coresUsed` tells. Four who begin while four others have
 * only just ended find a voice each; with more of them somebody would wait, rightly.
 */
const CROWD = { rooms: 3, members: 101, talkers: 10, turns: { talkersAtOnce: 4 }, payloadBytes: 100 };
/** A tenth of all, each minute. */
const REPLACED_PER_SAMPLE = Math.round((CROWD.rooms * CROWD.members) / 10 / SAMPLES_PER_MINUTE);

const target = await startParley();
const load = await enterCrowd(target, CROWD);
await startTalking(load);
const samples: SoakSample[] = [await soakSample(target.child, load, false)];
const [first] = samples as [SoakSample];
const elapsedMinutes = () => (last().usage.wallSeconds - first.usage.wallSeconds) / 60;
while (elapsedMinutes() < minutes) {
  const startMs = performance.now();
  await load.call("replace", REPLACED_PER_SAMPLE);
  await sleep(SAMPLE_MS - (performance.now() - startMs));
  const before = last();
  // A collection each minute tells what is really held; in between the process is left alone.
  samples.push(await soakSample(target.child, load, samples.length % SAMPLES_PER_MINUTE === 0));
  process.stderr.write(`${elapsedMinutes().toFixed(2)} min: ${soakLine(before, last())}\n`);
}
await leaveCrowd(load);
await target.child.end();

const sum = (pick: (sample: SoakSample) => number) =>
  samples.slice(1).reduce((total, sample) => total + pick(sample), 0);
/** V8's young generation grows in the first minutes; a leak goes on afterwards. */
const secondHalf = samples.slice(Math.floor(samples.length / 2));
const growthPerMinute = (pick: (sample: SoakSample) => number | undefined) =>
  slope(
    secondHalf.flatMap((sample) => {
      const y = pick(sample);
      return y === undefined ? [] : [{ x: sample.usage.wallSeconds / 60, y }];
    }),
  );
const seconds = last().usage.wallSeconds - first.usage.wallSeconds;
report("Soak", {
  minutes: seconds / 60,
  participants: CROWD.rooms * CROWD.members,
  packetsSent: sum(({ heard }) => heard.sent),
  packetsReceived: sum(({ heard }) => heard.received),
  packetsLost: sum(({ heard }) => heard.lost),
  heardShare: sum(({ heard }) => heard.received) / sum(({ heard }) => heard.expected),
  packetsShed: last().counts.packetsShed - first.counts.packetsShed,
  datagramsDroppedAtNode: last().node.datagramsDropped - first.node.datagramsDropped,
  datagramsDroppedAtLoad: last().loader.datagramsDropped - first.loader.datagramsDropped,
  coresUsed: (last().usage.cpuSeconds - first.usage.cpuSeconds) / seconds,
  gcShare:
    (last().usage.gcSeconds - first.usage.gcSeconds) / (last().usage.cpuSeconds - first.usage.cpuSeconds),
  nodeWaitedForCoreShare: (last().node.waitedForCoreSeconds - first.node.waitedForCoreSeconds) / seconds,
  rssFirstBytes: first.usage.memory.residentBytes,
  rssHalfwayBytes: secondHalf[0]?.usage.memory.residentBytes ?? Number.NaN,
  rssLastBytes: last().usage.memory.residentBytes,
  rssSecondHalfBytesPerMinute: growthPerMinute(({ usage }) => usage.memory.residentBytes),
  heapCollectedSecondHalfBytesPerMinute: growthPerMinute(({ collectedHeapBytes }) => collectedHeapBytes),
});

function last(): SoakSample {
  return samples.at(-1) as SoakSample;
}
