/**
 * `npm run bench:media`: what forwarding costs the media node, in several shapes, against plain werift in the
 * same run. Only the measured process' own CPU time counts; the load is in others. `-- --only delay,rooms` measures
 * these parts alone.
 */
import { parseArgs } from "node:util";
import { chooseCores } from "./cores.ts";
import { measureBareRelay } from "./media/bare-relay.ts";
import { type Delay, measureDelay } from "./media/delay.ts";
import { measureLargestRoom } from "./media/largest-room.ts";
import { measureMemory } from "./media/memory.ts";
import { measureRooms } from "./media/rooms.ts";
import { measureSaturation } from "./media/saturation.ts";
import { measureShape, type Summary, type Target } from "./media/shape.ts";
import { startParley, startPlainWerift } from "./media/targets.ts";
import type { Crowd } from "./media/voice-load.ts";
import { measureWorkers } from "./media/workers.ts";
import { type Report, reportNested } from "./report.ts";

const SAMPLING = { samples: 5, sampleMs: 1_500 };
/** What passes for half a core: a tenth more or less. */
const CORES_OFF_MAX = 0.1;
/** To find a crowd that takes it. */
const CROWD_TRIES_MAX = 3;
const PAYLOAD_BYTES = 100;
/** As listeners get them: RTP header, CSRC, the tag behind. */
const SEALED_PACKET_BYTES = PAYLOAD_BYTES + 12 + 4 + 16;
const PACKETS_PER_SECOND = 50;
const progress = (text: string) => process.stderr.write(`${text}\n`);

const crowd = (rooms: number, members: number, talkers: number, talkersAtOnce?: number): Crowd => ({
  rooms,
  members,
  talkers,
  turns: { talkersAtOnce },
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

/**
 * The server on a core that nobody else is on: those who talk to it are other machines in life, and don't make it wait
 * for theirs. Where cores can't be chosen they do.
 */
async function withOwnCore<T>(use: (target: Target) => Promise<T>): Promise<T> {
  const cores = chooseCores();
  const start = async () => {
    cores?.useFirst();
    const target = await startParley();
    cores?.useOthers();
    return target;
  };
  try {
    return await withTarget(start, use);
  } finally {
    cores?.useAll();
  }
}

async function measure(name: string, start: () => Promise<Target>, shape: Crowd): Promise<Summary> {
  progress(`${name} …`);
  return withTarget(start, async (target) => told(await measureShape(target, shape, SAMPLING)));
}

function told(summary: Summary): Summary {
  const { packetsOutPerCpuSecond, coresUsed, lostShare, heardShare } = summary;
  progress(
    `  ${Math.round(packetsOutPerCpuSecond)} packets per CPU second, ${coresUsed.toFixed(2)} cores, ` +
      `${(lostShare * 100).toFixed(3)} % lost, ${(heardShare * 100).toFixed(2)} % heard`,
  );
  return summary;
}

/**
 * Our node, a relay that does nothing but send the same on, and plain werift: this one gets a smaller crowd, which is
 * all that it can carry.
 */
async function compare(name: string, ours: Crowd, plains: Crowd) {
  const own = await measure(`${name}, our node`, startParley, ours);
  const bare = await measureBare(name, ours);
  const plain = await measure(`${name}, plain werift`, startPlainWerift, plains);
  return {
    ...own,
    bareRelayPacketsOutPerCpuSecond: bare,
    shareOfBareRelay: own.packetsOutPerCpuSecond / bare,
    plainWeriftPacketsOutPerCpuSecond: plain.packetsOutPerCpuSecond,
    ratio: own.packetsOutPerCpuSecond / plain.packetsOutPerCpuSecond,
    plainWeriftGcShare: plain.gcShare,
  };
}

async function measureBare(name: string, { rooms, members, talkers }: Crowd): Promise<number> {
  progress(`${name}, a bare relay …`);
  const relaying = {
    listeners: rooms * members,
    fanOut: members - 1,
    packetsInPerSecond: rooms * talkers * PACKETS_PER_SECOND,
    packetBytes: SEALED_PACKET_BYTES,
  };
  const rate = await measureBareRelay(relaying, SAMPLING);
  progress(`  ${Math.round(rate)} packets per CPU second`);
  return rate;
}

/** Rooms of 101 whose talk takes about so much of a core. */
function crowdFor(cores: number, packetsOutPerCpuSecond: number): Crowd {
  const talkers = Math.max(1, Math.round((cores * packetsOutPerCpuSecond) / (PACKETS_PER_SECOND * 100)));
  const rooms = Math.ceil(talkers / 6);
  return crowd(rooms, 101, Math.round(talkers / rooms));
}

/** So much does a core of ours forward where `fanout` isn't measured in the same run; `coresUsed` tells how far off that is. */
const PACKETS_OUT_PER_CPU_SECOND = 130_000;
let packetsOutPerCpuSecond = PACKETS_OUT_PER_CPU_SECOND;

/** Again with fewer or more talkers where the node took something else: machines become slower and faster meanwhile. */
async function delayAt(cores: number): Promise<Delay> {
  const off = (delay: Delay) => Math.abs(delay.coresUsed / cores - 1);
  const tries: Delay[] = [];
  for (let rate = packetsOutPerCpuSecond; tries.length < CROWD_TRIES_MAX; ) {
    const talk = crowdFor(cores, rate);
    const delay = await withOwnCore((target) => measureDelay(target, talk, SAMPLING));
    progress(
      `  ${delay.coresUsed.toFixed(2)} cores: p50 ${delay.msP50.toFixed(2)}, p99 ${delay.msP99.toFixed(2)} ms`,
    );
    tries.push(delay);
    if (off(delay) <= CORES_OFF_MAX) break;
    rate *= cores / delay.coresUsed;
  }
  return tries.reduce((nearest, each) => (off(each) < off(nearest) ? each : nearest));
}

/** In the order in which they are measured. */
const PARTS: Record<string, () => Promise<Report>> = {
  async fanout() {
    // Some half of a core: a node that is nearly idle sleeps and wakes between packets, which is dear and bounds nothing.
    const fanout100 = await compare("1 to 100", crowd(2, 101, 6), crowd(1, 101, 2));
    packetsOutPerCpuSecond = fanout100.packetsOutPerCpuSecond;
    return { fanout100, fanout4: await compare("5 to 5", crowd(50, 5, 5), crowd(20, 5, 5)) };
  },
  async memory() {
    progress("memory …");
    const memory = await withTarget(startParley, (target) => measureMemory(target, 10));
    const plain = await withTarget(startPlainWerift, (target) => measureMemory(target, 2));
    return {
      rssPerParticipantBytes: memory.rssPerParticipantBytes,
      memory: { ...memory },
      plainWeriftMemory: { ...plain },
    };
  },
  async delay() {
    progress("delay, idle …");
    const idle = await withOwnCore((target) => measureDelay(target, undefined, SAMPLING));
    progress("delay at half a core …");
    const busy = await delayAt(0.5);
    return {
      addedDelayMsP50: busy.msP50,
      addedDelayMsP99: busy.msP99,
      addedDelay: { ...busy },
      idleDelay: { ...idle },
    };
  },
  async loss() {
    const at80 = await measure("loss at 80 % of a core", startParley, crowdFor(0.8, packetsOutPerCpuSecond));
    return { lossAt80PercentCpu: at80.lostShare, at80PercentCpu: { ...at80 } };
  },
  async largest() {
    progress("1,000 listeners, 10 talkers …");
    const room = await withTarget(startParley, (target) => measureLargestRoom(target, SAMPLING, told));
    return {
      thousandListeners: { ...room.thousandListeners },
      talkersAtOnceMax: room.talkersAtOnceMax,
      thousandListenersBeyond: { ...room.thousandListenersBeyond },
    };
  },
  async rooms() {
    progress("200 rooms of 5, one of each talking at a time, then two at once …");
    const rooms = await withTarget(startParley, (target) => measureRooms(target, SAMPLING, told));
    return {
      twoHundredRoomsOneTalking: { ...rooms.oneTalking },
      twoHundredRoomsTwoAtOnce: { ...rooms.twoAtOnce },
    };
  },
  async workers() {
    progress("one worker and two …");
    const workers = await measureWorkers(SAMPLING);
    const saturation = await measureSaturation(SAMPLING.samples);
    return {
      twoWorkersOverOne: workers.twoOverOne,
      workers: { ...workers },
      saturation: { ...saturation },
    };
  },
};

/** Throws where a part is called something else. */
function partsToMeasure(): string[] {
  const { only } = parseArgs({ options: { only: { type: "string" }, json: { type: "boolean" } } }).values;
  const names = only?.split(",") ?? Object.keys(PARTS);
  const unknown = names.find((name) => !(name in PARTS));
  if (unknown === undefined) return names;
  throw new Error(`--only: there is no part "${unknown}"; there are ${Object.keys(PARTS).join(", ")}`);
}

const startedAtMs = performance.now();
const results: Report = {};
for (const name of partsToMeasure()) Object.assign(results, await PARTS[name]?.());
reportNested("Forwarding", { ...results, seconds: (performance.now() - startedAtMs) / 1_000 });
