/**
 * `npm run bench:soak -- --minutes 60`: half a core's load for a long time. Heap and RSS must not rise, and nothing
 * may be lost. Each line also says who else wanted the cores, so that a loss has a cause.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { ThreadCounts } from "@parley/media-node/threads/thread-counts";
import { machineStrain, processStrain } from "./media/process-strain.ts";
import type { Usage } from "./media/process-usage.ts";
import { enterCrowd, leaveCrowd, startTalking } from "./media/shape.ts";
import { startParley } from "./media/targets.ts";
import type { Heard } from "./media/voice-load.ts";
import { report } from "./report.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, json: { type: "boolean", default: false } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0; it got "${values.minutes}"`);

const SAMPLE_MS = 15_000;
/** V8 has grown its young generation to what this load needs by then: memory is compared from here on. */
const WARM_UP_MINUTES = Math.min(5, minutes / 3);
/** About half a core of the machines that this was made on; `coresUsed` tells. */
const CROWD = { rooms: 3, members: 101, talkers: 6, payloadBytes: 100 };
const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
const milliseconds = (seconds: number) => `${Math.round(seconds * 1_000)} ms`;

const target = await startParley();
const load = await enterCrowd(target, CROWD);
await startTalking(load);

async function sample() {
  await target.child.call("collectGarbage");
  const usage = await target.child.call<Usage>("usage");
  const [node, loader, machine] = await Promise.all([
    processStrain(target.child.pid),
    processStrain(load.pid),
    machineStrain(),
  ]);
  const counts = await target.child.call<ThreadCounts>("counts");
  return { usage, counts, node, loader, machine, loaderCpuSeconds: await load.call<number>("cpuSeconds") };
}

const first = await sample();
const startMs = performance.now();
const elapsedMinutes = () => (performance.now() - startMs) / 60_000;
let warm = first;
let last = first;
let sent = 0;
let received = 0;
let lost = 0;
while (elapsedMinutes() < minutes) {
  await sleep(Math.min(SAMPLE_MS, Math.max(0, minutes - elapsedMinutes()) * 60_000));
  const heard = await load.call<Heard>("take");
  sent += heard.sent;
  received += heard.received;
  lost += heard.lost;
  const before = last;
  last = await sample();
  if (elapsedMinutes() <= WARM_UP_MINUTES) warm = last;
  process.stderr.write(`${line(before, last, heard)}\n`);
}
await leaveCrowd(load);
await target.child.end();

type Sample = Awaited<ReturnType<typeof sample>>;

/** What happened between two samples. */
function line(before: Sample, after: Sample, heard: Heard): string {
  const seconds = after.usage.wallSeconds - before.usage.wallSeconds;
  const nodeCpu = after.usage.cpuSeconds - before.usage.cpuSeconds;
  const loadCpu = after.loaderCpuSeconds - before.loaderCpuSeconds;
  const busy = after.machine.busyCoreSeconds - before.machine.busyCoreSeconds;
  const stolen = after.machine.stolenCoreSeconds - before.machine.stolenCoreSeconds;
  const waited = (pick: (sample: Sample) => { waitedForCoreSeconds: number }) =>
    milliseconds(pick(after).waitedForCoreSeconds - pick(before).waitedForCoreSeconds);
  const dropped = (pick: (sample: Sample) => { datagramsDropped: number }) =>
    pick(after).datagramsDropped - pick(before).datagramsDropped;
  const { residentBytes, heapUsedBytes, heapCommittedBytes, youngCommittedBytes } = after.usage.memory;
  return (
    `${elapsedMinutes().toFixed(1)} min: received ${heard.received}, lost ${heard.lost}; ` +
    `RSS ${mebibytes(residentBytes)} MiB = heap ${mebibytes(heapCommittedBytes)} (used ${mebibytes(heapUsedBytes)}, ` +
    `young ${mebibytes(youngCommittedBytes)}) + ${mebibytes(residentBytes - heapCommittedBytes)}; ` +
    `cores: node ${(nodeCpu / seconds).toFixed(2)}, load ${(loadCpu / seconds).toFixed(2)}, ` +
    `others ${((busy - nodeCpu - loadCpu) / seconds).toFixed(2)}, stolen ${(stolen / seconds).toFixed(2)}; ` +
    `waited for a core: node ${waited((each) => each.node)}, load ${waited((each) => each.loader)}; ` +
    `load late by ${heard.lateMsMax.toFixed(0)} ms; ` +
    `kernel dropped: node ${dropped((each) => each.node)}, load ${dropped((each) => each.loader)}; ` +
    `node shed ${after.counts.packetsShed - before.counts.packetsShed}, ` +
    `dropped ${JSON.stringify(after.counts.drops)}`
  );
}

const warmMinutes = (last.usage.wallSeconds - warm.usage.wallSeconds) / 60;
const seconds = last.usage.wallSeconds - first.usage.wallSeconds;
const growth = (pick: (memory: Usage["memory"]) => number) =>
  (pick(last.usage.memory) - pick(warm.usage.memory)) / warmMinutes;
report("Soak", {
  minutes: seconds / 60,
  packetsReceived: received,
  packetsLost: lost,
  heardShare: received / (sent * (CROWD.members - 1)),
  packetsShed: last.counts.packetsShed - first.counts.packetsShed,
  datagramsDroppedAtNode: last.node.datagramsDropped - first.node.datagramsDropped,
  datagramsDroppedAtLoad: last.loader.datagramsDropped - first.loader.datagramsDropped,
  coresUsed: (last.usage.cpuSeconds - first.usage.cpuSeconds) / seconds,
  coresOfWaiting: (last.node.waitedForCoreSeconds - first.node.waitedForCoreSeconds) / seconds,
  warmUpMinutes: (warm.usage.wallSeconds - first.usage.wallSeconds) / 60,
  rssFirstBytes: first.usage.memory.residentBytes,
  rssWarmBytes: warm.usage.memory.residentBytes,
  rssLastBytes: last.usage.memory.residentBytes,
  rssBytesPerMinute: growth((memory) => memory.residentBytes),
  heapWarmBytes: warm.usage.memory.heapUsedBytes,
  heapLastBytes: last.usage.memory.heapUsedBytes,
  heapBytesPerMinute: growth((memory) => memory.heapUsedBytes),
});
