/**
 * `npm run bench:join`: how long a join takes with a scripted client (API call → first audible packet), what it
 * costs the node in CPU and memory, 200 at once; and the same load on plain werift.
 */
import { randomUUID } from "node:crypto";
import { createDtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import { ScriptedClient } from "@parley/media-node/rtc/testing/scripted-client";
import { logIn } from "@parley/tests/support/api";
import { scratchDirectory } from "@parley/tests/support/scratch";
import { startServerProcess } from "@parley/tests/support/server-process";
import { joinRoom, type VoiceMember } from "@parley/tests/support/voice-member";
import { type Child, startChild } from "./child-process.ts";
import type { Usage } from "./media/process-usage.ts";
import { signJoinToken } from "./media/signalling.ts";
import { startParley } from "./media/targets.ts";
import { percentile } from "./percentile.ts";
import { report } from "./report.ts";

const TIMED_JOINS = 100;
const COSTED_JOINS = 200;
const PLAIN_JOINS = 100;
/** Until the code is compiled: a node lives for weeks, and its first seconds are no measure of it. */
const WARM_UP_JOINS = 200;
/** Enough to fill all voices of each listener with somebody else's. */
const ROOM_SIZE = 10;
/** Each voice is heard, as in any conversation: what a voice needs is made when it is. */
const SPOKEN_PACKETS = 10;
const PACKET_INTERVAL_MS = 20;
/** The young generation at its full size: its growth is nobody's cost. */
const YOUNG_FROM_THE_START = "--min-semi-space-size=16";
/** By then everybody who spoke counts as silent. */
const SETTLE_MS = 2_000;
/** Two rounds of the scripted client's checks, whenever a round begins. */
const IDLE_MS = 5_000;
const HOST = "127.0.0.1";
const sound = Buffer.alloc(80, 0x55);
const progress = (text: string) => process.stderr.write(`${text}\n`);
const identity = await createDtlsIdentity();

const joinMs = await timedJoins();
const ours = await costOfOurs();
const withNack = await memoryWithNack();
const plain = await costOfPlainWerift();
report("Join with a scripted client, on loopback", {
  joins: TIMED_JOINS,
  joinMsP50: percentile(joinMs, 0.5),
  joinMsP99: percentile(joinMs, 0.99),
  joinsAtOnce: COSTED_JOINS,
  joinsFailed: ours.failed,
  joinAtOnceMsP50: percentile(ours.msAtOnce, 0.5),
  joinAtOnceMsP99: percentile(ours.msAtOnce, 0.99),
  cpuMsPerJoin: ours.cpuMsPerJoin,
  cpuMsPerJoinWithStays: ours.cpuMsPerJoinWithStays,
  plainWeriftCpuMsPerJoin: plain.cpuMsPerJoin,
  plainWeriftCpuMsPerJoinWithStays: plain.cpuMsPerJoinWithStays,
  plainWeriftOverOursCpu: plain.cpuMsPerJoin / ours.cpuMsPerJoin,
  rssPerPeerBytes: ours.rssPerPeerBytes,
  rssPerTalkingPeerBytes: ours.rssPerTalkingPeerBytes,
  rssPerTalkingPeerWithNackBytes: withNack.rssPerTalkingPeerBytes,
  plainWeriftRssPerPeerBytes: plain.rssPerPeerBytes,
});
process.exit();

/** Against the whole product, in a room where somebody talks: from the API call to the first packet of theirs. */
async function timedJoins(): Promise<number[]> {
  const scratch = await scratchDirectory();
  const server = await startServerProcess({ DATA_DIR: scratch.path, JOINS_PER_MINUTE: "100000" });
  const { origin } = server;
  const alice = await logIn(origin, "alice");
  const bob = await logIn(origin, "bob");
  const lobby = (await bob.channels()).find(({ name }) => name === "Lobby");
  if (!lobby) throw new Error("the demo organisation is not there");
  const { token } = await alice.join("Lobby");
  const talker = await joinRoom({ origin, token, identity });
  const talk = setInterval(() => talker.client.speak(sound), PACKET_INTERVAL_MS);
  const times: number[] = [];
  for (let n = -5; n < TIMED_JOINS; n++) {
    const startedAtMs = performance.now();
    const assignment = await bob.joinChannel(lobby.id);
    const member = await joinRoom({ origin, token: assignment.token, identity });
    await new Promise<void>((resolve) => {
      member.client.onVoice = () => resolve();
    });
    // The first ones warm both sides up.
    if (n >= 0) times.push(performance.now() - startedAtMs);
    await member.leave();
  }
  progress(`${TIMED_JOINS} timed joins`);
  clearInterval(talk);
  await talker.leave();
  await server.end("SIGTERM");
  await scratch.remove();
  return times;
}

/** A media node alone, so that its own cost is seen: signalling, token, SDP, checks, handshake, room. */
async function costOfOurs() {
  const bench = await openNode();
  const cost = await costOfJoins(bench, false);
  progress(`${COSTED_JOINS} joins costed`);
  const msAtOnce: number[] = [];
  const outcomes = await Promise.allSettled(
    Array.from({ length: COSTED_JOINS }, async () => {
      const startedAtMs = performance.now();
      const member = await bench.join(false);
      msAtOnce.push(performance.now() - startedAtMs);
      return member;
    }),
  );
  let failed = 0;
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") failed++;
    else await outcome.value.leave();
  }
  progress(`${COSTED_JOINS} joins at once, ${failed} failed`);
  await bench.child.end();
  return { ...cost, msAtOnce, failed };
}

/** Listeners who ask again for what they miss, which browsers don't: each voice keeps its last packets for them. */
async function memoryWithNack() {
  const bench = await openNode();
  const cost = await costOfJoins(bench, true);
  await bench.child.end();
  progress("memory measured with NACK");
  return cost;
}

type NodeBench = Awaited<ReturnType<typeof openNode>>;

async function openNode() {
  const { child, server } = await startParley(0, [YOUNG_FROM_THE_START]);
  const origin = `http://${HOST}:${server.port}`;
  const organizationId = randomUUID();
  let channelId = "";
  let people = 0;
  const join = async (nack: boolean) => {
    if (people % ROOM_SIZE === 0) channelId = randomUUID();
    const token = await signJoinToken(server, organizationId, channelId, `person ${people++}`);
    return joinRoom({ origin, token, identity, nack });
  };
  return { child, join };
}

async function costOfJoins({ child, join }: NodeBench, nack: boolean) {
  // The first ones stay, so that nobody after them gets memory that was theirs.
  const members: VoiceMember[] = [];
  for (let n = 0; n < WARM_UP_JOINS; n++) members.push(await join(nack));
  await converse(members);
  const cost = await costOf(child, COSTED_JOINS, async () => {
    members.push(await join(nack));
  });
  await converse(members);
  await child.call("collectGarbage");
  const { residentBytes } = (await child.call<Usage>("usage")).memory;
  for (const member of members) await member.leave();
  return { ...cost, rssPerTalkingPeerBytes: (residentBytes - cost.rssBytesBefore) / COSTED_JOINS };
}

/** Everybody of every room says something, so that each listener has heard all voices. */
async function converse(members: readonly VoiceMember[]): Promise<void> {
  for (let packet = 0; packet < SPOKEN_PACKETS; packet++) {
    for (const { client } of members) client.speak(sound);
    await new Promise((resolve) => setTimeout(resolve, PACKET_INTERVAL_MS));
  }
}

async function costOfPlainWerift() {
  const child = startChild(new URL("./plain-werift-process.ts", import.meta.url), [
    "--expose-gc",
    YOUNG_FROM_THE_START,
  ]);
  const clients: ScriptedClient[] = [];
  const join = async () => {
    const client = new ScriptedClient({ identity });
    clients.push(client);
    const offer = await child.call<string>("offer");
    await child.call("accept", client.offer.replaceAll("setup:actpass", "setup:active"));
    await client.accept(offer, HOST);
    await client.connected;
  };
  for (let n = 0; n < WARM_UP_JOINS; n++) await join();
  const cost = await costOf(child, PLAIN_JOINS, join);
  progress(`${PLAIN_JOINS} joins on plain werift`);
  for (const client of clients) client.close();
  await child.end();
  return cost;
}

/**
 * What each join costs a process: CPU without the collections that comparing its memory takes, and without what those
 * who are there cost all the same (checks, pings, ticks), which is measured right before and after. The first ones'
 * conversation is over by then: that they fell silent is news to their rooms, and no join's doing.
 */
async function costOf(child: Child, joins: number, join: () => Promise<void>) {
  await settle(child);
  const staysBefore = await idleCpuShare(child);
  const before = await child.call<Usage>("usage");
  for (let n = 0; n < joins; n++) await join();
  const after = await child.call<Usage>("usage");
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  await settle(child);
  const staysShare = (staysBefore + (await idleCpuShare(child))) / 2;
  const staysSeconds = staysShare * (after.wallSeconds - before.wallSeconds);
  const { memory } = await child.call<Usage>("usage");
  return {
    cpuMsPerJoin: ((cpuSeconds - staysSeconds) * 1_000) / joins,
    cpuMsPerJoinWithStays: (cpuSeconds * 1_000) / joins,
    rssPerPeerBytes: (memory.residentBytes - before.memory.residentBytes) / joins,
    rssBytesBefore: before.memory.residentBytes,
  };
}

/** What joins leave behind, garbage and first checks, is theirs and not the stays'. */
async function settle(child: Child): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await child.call("collectGarbage");
}

/** CPU seconds per second while nobody comes. */
async function idleCpuShare(child: Child): Promise<number> {
  const before = await child.call<Usage>("usage");
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const after = await child.call<Usage>("usage");
  return (after.cpuSeconds - before.cpuSeconds) / (after.wallSeconds - before.wallSeconds);
}
