/**
 * `npm run load-test -- --url http://localhost:3000 --org DEMO --publishers 10 --subscribers 300 --seconds 60`:
 * joins a channel of a running server many times, talks, and tells what came back. A crowd in one process makes the
 * load; a few listeners in another measure, undisturbed by it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Child } from "./child-process.ts";
import { findLocalServer } from "./load-test/local-server.ts";
import { DelayQuantiles } from "./media/delay-quantiles.ts";
import type { Destination, Entered } from "./media/load-process.ts";
import { processStrain } from "./media/process-strain.ts";
import { leaveCrowd, startLoad } from "./media/shape.ts";
import type { Crowd, Heard } from "./media/voice-load.ts";
import { report } from "./report.ts";

const PAYLOAD_BYTES = 100;
const SETTLE_MS = 500;
/** Subscribers that open what they hear, for the delay; the others only count. */
const PROBES_MAX = 2;
/** Who hears less has not been served. */
const HEARD_SHARE_MIN = 0.99;

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
const talkersAtOnce = atOnce === undefined ? undefined : wholeNumber("talking-at-once", atOnce, 1);

const probes = Math.min(PROBES_MAX, subscribers);
const members = publishers + subscribers;
const server = await findLocalServer(values.url);
const crowd = startLoad();
const probe = startLoad();
const shared = { rooms: 1, payloadBytes: PAYLOAD_BYTES };
await enter(
  {
    ...shared,
    members: members - probes,
    talkers: publishers,
    turns: { talkersAtOnce },
    listenersElsewhere: probes,
  },
  { ...shared, members: probes, talkers: 0, measuring: probes },
);
const entered = await enteredSoFar();
say(`joined ${entered.joined} of ${members}, ${entered.failed} failed`);
if (entered.failed > 0) say(`  first failure: ${entered.firstFailure}`);
if (entered.joined === 0) fail("nobody could join");

const total = { sent: 0, received: 0, lost: 0, expected: 0, lateMsMax: 0 };
const delays = new DelayQuantiles();
const cpuBefore = await server?.cpuSeconds();
await crowd.call("talk");
const startMs = performance.now();
for (let second = 1; second <= seconds; second++) {
  await sleep(Math.max(0, startMs + second * 1_000 - performance.now()));
  await takeAll();
  const { sent, received, lost, expected } = total;
  say(
    `${second} s: sent ${sent}, heard ${received} of ${Math.round(expected)}, lost ${lost}, ` +
      `delay p50 / p99 ${delays.at(0.5).toFixed(1)} / ${delays.at(0.99).toFixed(1)} ms`,
  );
}
await crowd.call("hush");
const elapsedSeconds = (performance.now() - startMs) / 1_000;
const cpuAfter = await server?.cpuSeconds();
await sleep(SETTLE_MS);
await takeAll();
const strains = await Promise.all([processStrain(crowd.pid), processStrain(probe.pid)]);
await Promise.all([leaveCrowd(crowd), leaveCrowd(probe)]);

const heardShare = total.received / total.expected;
report(`Load on ${values.url}, ${publishers} publishers and ${subscribers} subscribers`, {
  joined: entered.joined,
  joinsFailed: entered.failed,
  packetsSent: total.sent,
  packetsReceived: total.received,
  packetsLost: total.lost,
  lostShare: total.lost / Math.max(1, total.lost + total.received),
  heardShare,
  ...(delays.count > 0 ? { delayMsP50: delays.at(0.5), delayMsP99: delays.at(0.99) } : {}),
  testerDatagramsDropped: strains.reduce((sum, strain) => sum + strain.datagramsDropped, 0),
  testerLateMsMax: total.lateMsMax,
  ...(cpuBefore !== undefined && cpuAfter !== undefined
    ? { serverCoresUsed: (cpuAfter - cpuBefore) / elapsedSeconds }
    : {}),
});
if (heardShare < HEARD_SHARE_MIN)
  say(`listeners heard ${(heardShare * 100).toFixed(1)} % of what they should have`);
process.exit(entered.failed > 0 || !(heardShare >= HEARD_SHARE_MIN) ? 1 : 0);

/** Shows each second how far it is. */
async function enter(crowds: Crowd, probing: Crowd): Promise<void> {
  const channel = {
    url: values.url,
    organization: values.org,
    channel: values.channel,
    username: values.user,
    password: values.password,
  };
  const entering = [
    enterOne(crowd, { channel: { ...channel, firstAccount: 1 } }, crowds),
    ...(probes > 0
      ? [enterOne(probe, { channel: { ...channel, firstAccount: 1 + crowds.members } }, probing)]
      : []),
  ];
  const timer = setInterval(async () => {
    const { joined } = await enteredSoFar();
    say(`joined ${joined} of ${members}`);
  }, 1_000);
  try {
    await Promise.all(entering);
  } catch (error) {
    fail(
      String(error instanceof Error ? error.message : error)
        .split("\n")[0]
        ?.replace(/^(Error: )+/, "") ?? "",
    );
  } finally {
    clearInterval(timer);
  }
}

function enterOne(load: Child, destination: Destination, each: Crowd): Promise<Entered> {
  return load.call("enter", { destination, crowd: each });
}

async function enteredSoFar(): Promise<Entered> {
  const both = await Promise.all([crowd, probe].map((load) => load.call<Entered>("entered")));
  return {
    joined: both.reduce((sum, { joined }) => sum + joined, 0),
    failed: both.reduce((sum, { failed }) => sum + failed, 0),
    firstFailure: both.find(({ firstFailure }) => firstFailure !== undefined)?.firstFailure,
  };
}

async function takeAll(): Promise<void> {
  for (const load of probes > 0 ? [crowd, probe] : [crowd]) {
    const { sent, received, lost, expected, delaysMs, lateMsMax } = await load.call<Heard>("take");
    total.sent += sent;
    total.received += received;
    total.lost += lost;
    total.expected += expected;
    total.lateMsMax = Math.max(total.lateMsMax, lateMsMax);
    for (const delayMs of delaysMs) delays.add(delayMs);
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    fail(`--${name} takes a whole number, ${least} or more; it got "${text}"`);
  return number;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function fail(message: string): never {
  say(`load-test: ${message}`);
  process.exit(2);
}
