/**
 * `npm run load-test -- --url http://localhost:3000 --org DEMO --publishers 10 --subscribers 300 --seconds 60`:
 * joins a channel of a running server many times, talks, and tells what came back.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findLocalServer } from "./load-test/local-server.ts";
import { openChannel } from "./load-test/server-join.ts";
import { type Heard, VoiceLoad } from "./media/voice-load.ts";
import { percentile } from "./percentile.ts";
import { report } from "./report.ts";

const PAYLOAD_BYTES = 100;
const SETTLE_MS = 500;
/** Listeners that open what they hear, for the delay; the others only count. */
const MEASURING_MAX = 10;

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://localhost:3000" },
    org: { type: "string", default: "DEMO" },
    channel: { type: "string", default: "Lobby" },
    user: { type: "string", default: "demo" },
    password: { type: "string", default: "demo123" },
    publishers: { type: "string", default: "10" },
    subscribers: { type: "string", default: "100" },
    "talking-at-once": { type: "string" },
    seconds: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});

const publishers = wholeNumber("publishers", values.publishers, 1);
const subscribers = wholeNumber("subscribers", values.subscribers, 0);
const seconds = wholeNumber("seconds", values.seconds, 1);
const atOnce = values["talking-at-once"];
const say = (text: string) => process.stderr.write(`${text}\n`);

const channel = await openChannel({
  url: values.url,
  organization: values.org,
  channel: values.channel,
  username: values.user,
  password: values.password,
}).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
const server = await findLocalServer(values.url);
const members = publishers + subscribers;
const load = new VoiceLoad(channel.join, {
  rooms: 1,
  members,
  talkers: publishers,
  talkersAtOnce: atOnce === undefined ? undefined : wholeNumber("talking-at-once", atOnce, 1),
  payloadBytes: PAYLOAD_BYTES,
  measuring: Math.min(MEASURING_MAX, members),
});

await load.enter();
say(`joined ${load.size} of ${members}, ${load.failures.length} failed`);
if (load.failures.length > 0) say(`  first failure: ${String(load.failures[0])}`);
if (load.size === 0) fail("nobody could join");

const total: Heard = { sent: 0, received: 0, lost: 0, expected: 0, delaysMs: [], lateMsMax: 0 };
const cpuBefore = await server?.cpuSeconds();
load.talk();
const startMs = performance.now();
for (let second = 1; second <= seconds; second++) {
  await sleep(Math.max(0, startMs + second * 1_000 - performance.now()));
  add(load.take());
  const { sent, received, lost, delaysMs } = total;
  const delay = `${percentile(delaysMs, 0.5).toFixed(1)} / ${percentile(delaysMs, 0.99).toFixed(1)} ms`;
  say(`${second} s: sent ${sent}, received ${received}, lost ${lost}, delay p50 / p99 ${delay}`);
}
load.hush();
const elapsedSeconds = (performance.now() - startMs) / 1_000;
const cpuAfter = await server?.cpuSeconds();
await sleep(SETTLE_MS);
add(load.take());
load.close();

report(`Load on ${values.url}, ${publishers} publishers and ${subscribers} subscribers`, {
  joined: load.size,
  joinsFailed: load.failures.length,
  packetsSent: total.sent,
  packetsReceived: total.received,
  packetsLost: total.lost,
  lostShare: total.lost / Math.max(1, total.lost + total.received),
  delayMsP50: percentile(total.delaysMs, 0.5),
  delayMsP99: percentile(total.delaysMs, 0.99),
  ...(cpuBefore !== undefined && cpuAfter !== undefined
    ? { serverCoresUsed: (cpuAfter - cpuBefore) / elapsedSeconds }
    : {}),
});
process.exit(load.failures.length > 0 ? 1 : 0);

function add(heard: Heard): void {
  total.sent += heard.sent;
  total.received += heard.received;
  total.lost += heard.lost;
  total.lateMsMax = Math.max(total.lateMsMax, heard.lateMsMax);
  for (const delayMs of heard.delaysMs) total.delaysMs.push(delayMs);
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    fail(`--${name} takes a whole number, ${least} or more; it got "${text}"`);
  return number;
}

function fail(message: string): never {
  say(`load-test: ${message}`);
  process.exit(2);
}
