/**
 * `npm run bench:soak -- --minutes 60`: half a core's load for a long time. Heap and RSS must not rise, and nothing
 * may be lost.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
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
/** About half a core of the machines that this was made on; `coresUsed` tells. */
const CROWD = { rooms: 3, members: 101, talkers: 6, payloadBytes: 100 };
const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

const target = await startParley();
const load = await enterCrowd(target, CROWD);
await startTalking(load);

async function sample() {
  await target.child.call("collectGarbage");
  return target.child.call<Usage>("usage");
}

const first = await sample();
const endMs = performance.now() + minutes * 60_000;
let last = first;
let received = 0;
let lost = 0;
while (performance.now() < endMs) {
  await sleep(Math.min(SAMPLE_MS, endMs - performance.now()));
  const heard = await load.call<Heard>("take");
  received += heard.received;
  lost += heard.lost;
  last = await sample();
  const cores = (last.cpuSeconds - first.cpuSeconds) / (last.wallSeconds - first.wallSeconds);
  process.stderr.write(
    `${((last.wallSeconds - first.wallSeconds) / 60).toFixed(1)} min: received ${received}, lost ${lost}, ` +
      `RSS ${mebibytes(last.rssBytes)} MiB, heap ${mebibytes(last.heapBytes)} MiB, ${cores.toFixed(2)} cores\n`,
  );
}
await leaveCrowd(load);
await target.child.end();

const wallMinutes = (last.wallSeconds - first.wallSeconds) / 60;
report("Soak", {
  minutes: wallMinutes,
  packetsReceived: received,
  packetsLost: lost,
  coresUsed: (last.cpuSeconds - first.cpuSeconds) / (wallMinutes * 60),
  rssFirstBytes: first.rssBytes,
  rssLastBytes: last.rssBytes,
  rssBytesPerMinute: (last.rssBytes - first.rssBytes) / wallMinutes,
  heapFirstBytes: first.heapBytes,
  heapLastBytes: last.heapBytes,
  heapBytesPerMinute: (last.heapBytes - first.heapBytes) / wallMinutes,
});
