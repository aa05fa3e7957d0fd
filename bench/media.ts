/**
 * `npm run bench:media`: what forwarding costs the media node, in several shapes, against plain werift in the
 * same run. Only the measured process' own CPU time counts; the load is in others.
 */
import { measureDelay } from "./media/delay.ts";
import { measureMemory } from "./media/memory.ts";
import { measureScaling } from "./media/scaling.ts";
import { measureShape, medianOf, type Sample, type Target } from "./media/shape.ts";
import { startParley, startPlainWerift } from "./media/targets.ts";
import type { Crowd } from "./media/voice-load.ts";
import { reportNested } from "./report.ts";

const SAMPLING = { samples: 5, sampleMs: 2_000 };
const PAYLOAD_BYTES = 100;
const PACKETS_PER_SECOND = 50;
const progress = (text: string) => process.stderr.write(`${text}\n`);

const crowd = (rooms: number, members: number, talkers: number, talkersAtOnce?: number): Crowd => ({
  rooms,
  members,
  talkers,
  talkersAtOnce,
  payloadBytes: PAYLOAD_BYTES,
});

/** A server of its own for each measurement: none inherits another's heap. */
async function withTarget<T>(start: () => Promise<Target>, use: (target: Target) => Promise<T>): Promise<T> {
  const target = await start();
  try {
    return await use(target);
  } finally {
    await target.child.end();
  }
}

async function measure(name: string, start: () => Promise<Target>, shape: Crowd): Promise<Sample> {
  progress(`${name} …`);
  return withTarget(start, async (target) => {
    const median = medianOf(await measureShape(target, shape, SAMPLING));
    const { packetsOutPerCpuSecond, coresUsed, lostShare, heardShare } = median;
    progress(
      `  ${Math.round(packetsOutPerCpuSecond)} packets per CPU second, ${coresUsed.toFixed(2)} cores, ` +
        `${(lostShare * 100).toFixed(2)} % lost, ${(heardShare * 100).toFixed(1)} % heard`,
    );
    return median;
  });
}

/** Our node and plain werift: the latter gets a smaller crowd, which is all that it can carry. */
async function compare(name: string, ours: Crowd, plains: Crowd) {
  const own = await measure(`${name}, our node`, startParley, ours);
  const plain = await measure(`${name}, plain werift`, startPlainWerift, plains);
  return {
    packetsOutPerCpuSecond: own.packetsOutPerCpuSecond,
    plainWeriftPacketsOutPerCpuSecond: plain.packetsOutPerCpuSecond,
    ratio: own.packetsOutPerCpuSecond / plain.packetsOutPerCpuSecond,
    cpuMicrosecondsPerPacketOut: own.cpuMicrosecondsPerPacketOut,
    gcShare: own.gcShare,
    plainWeriftGcShare: plain.gcShare,
    coresUsed: own.coresUsed,
    lostShare: own.lostShare,
    heardShare: own.heardShare,
  };
}

/** Rooms of 101 whose talk takes about so much of a core. */
function crowdFor(cores: number, packetsOutPerCpuSecond: number): Crowd {
  const talkers = Math.max(1, Math.round((cores * packetsOutPerCpuSecond) / (PACKETS_PER_SECOND * 100)));
  const rooms = Math.ceil(talkers / 6);
  return crowd(rooms, 101, Math.round(talkers / rooms));
}

async function measureRoom(name: string, shape: Crowd) {
  const { packetsOutPerSecond, coresUsed, lostShare, heardShare } = await measure(name, startParley, shape);
  return { participants: shape.rooms * shape.members, packetsOutPerSecond, coresUsed, lostShare, heardShare };
}

const fanout100 = await compare("1 to 100", crowd(2, 101, 4), crowd(1, 101, 2));
const fanout4 = await compare("5 to 5", crowd(40, 5, 5), crowd(20, 5, 5));
progress("memory …");
const memory = await withTarget(startParley, (target) => measureMemory(target, 5, 5));
const plainMemory = await withTarget(startPlainWerift, (target) => measureMemory(target, 1, 1));
progress("delay, idle …");
const idle = await withTarget(startParley, (target) => measureDelay(target, undefined, 5_000));
progress("delay at half a core …");
const half = crowdFor(0.5, fanout100.packetsOutPerCpuSecond);
const busy = await withTarget(startParley, (target) => measureDelay(target, half, 10_000));
const at80 = await measure(
  "loss at 80 % of a core",
  startParley,
  crowdFor(0.8, fanout100.packetsOutPerCpuSecond),
);
const thousandListeners = await measureRoom("1,000 listeners, 10 talkers", crowd(1, 1_010, 10, 2));
const twoHundredRooms = await measureRoom("200 rooms of 5", crowd(200, 5, 5, 2));
progress("two workers …");
const scaling = await measureScaling(SAMPLING.samples);

reportNested("Forwarding", {
  fanout100,
  fanout4,
  addedDelayMsP50: busy.msP50,
  addedDelayMsP99: busy.msP99,
  addedDelayAtCores: busy.coresUsed,
  idleDelayMsP50: idle.msP50,
  idleDelayMsP99: idle.msP99,
  lossAt80PercentCpu: at80.lostShare,
  lossMeasuredAtCores: at80.coresUsed,
  heardShareAt80PercentCpu: at80.heardShare,
  ...memory,
  plainWeriftRssPerParticipantBytes: plainMemory.rssPerParticipantBytes,
  ...scaling,
  thousandListeners,
  twoHundredRooms,
});
