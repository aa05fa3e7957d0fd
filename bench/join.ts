/**
 * `npm run bench:join`: how long a join takes with a scripted client (API call → first audible packet), what it
 * costs the node in CPU and memory, 50 and 200 at once; and what plain werift's joins and peers cost.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
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
const MEASURED_STAYS = 200;
const AT_ONCE = [50, 200] as const;
/** Plain werift's take four times as long. */
const PLAIN_JOINS = 100;
/** The node gives up on whoever isn't connected after 15 s, and a client may not hear of it. */
const JOIN_MS_MAX = 20_000;
/** Until the code is compiled: a node lives for weeks, and its first minute is no measure of it. */
const WARM_UP_JOINS = 1_000;
/** They are there before what is measured begins. */
const STAYING = 200;
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
const memory = await memoryOfOurs(false);
const withNack = await memoryOfOurs(true);
const plain = await costOfPlainWerift();
const plainMemory = await memoryOfPlainWerift();
report("Join with a scripted client, on loopback", {
  joins: TIMED_JOINS,
  joinMsP50: percentile(joinMs, 0.5),
  joinMsP99: percentile(joinMs, 0.99),
  ...ours.atOnce,
  joinsFailed: ours.failed,
  cpuMsPerJoin: ours.cpuMsPerJoin,
  cpuMsPerJoinWithStays: ours.cpuMsPerJoinWithStays,
  plainWeriftCpuMsPerJoin: plain.cpuMsPerJoin,
  plainWeriftCpuMsPerJoinWithStays: plain.cpuMsPerJoinWithStays,
  plainWeriftOverOursCpu: plain.cpuMsPerJoin / ours.cpuMsPerJoin,
  rssPerPeerBytes: memory.rssPerPeerBytes,
  rssPerSilentPeerBytes: memory.rssPerSilentPeerBytes,
  rssPerPeerWithNackBytes: withNack.rssPerPeerBytes,
  plainWeriftRssPerSilentPeerBytes: plainMemory.rssPerSilentPeerBytes,
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
  const bench = await openOurs(false);
  const cost = await costOfJoins(bench, COSTED_JOINS);
  progress(`${COSTED_JOINS} joins costed`);
  let failed = 0;
  const atOnce: Record<string, number> = {};
  for (const count of AT_ONCE) {
    const outcomes = await connectAtOnce(bench, count);
    const ms = outcomes.filter((each) => each !== undefined);
    failed += count - ms.length;
    atOnce[`connect${count}AtOnceMsP50`] = percentile(ms, 0.5);
    atOnce[`connect${count}AtOnceMsP99`] = percentile(ms, 0.99);
    progress(`${count} joins at once, ${count - ms.length} failed`);
  }
  await bench.child.end();
  return { ...cost, failed, atOnce };
}

/** From token to agreed keys, in ms, of each who comes while all the others do; undefined for who couldn't. */
async function connectAtOnce({ join }: Bench<VoiceMember>, count: number): Promise<(number | undefined)[]> {
  const members: VoiceMember[] = [];
  const times = await Promise.all(
    Array.from({ length: count }, async () => {
      const startedAtMs = performance.now();
      const member = await Promise.race([join().catch(() => undefined), sleep(JOIN_MS_MAX, undefined)]);
      if (!member) return undefined;
      members.push(member);
      return performance.now() - startedAtMs;
    }),
  );
  for (const member of members) await member.leave();
  return times;
}

/**
 * Of people who have heard every voice, and of those who have heard nobody yet. With `nack`, listeners ask again for
 * what they miss, which browsers don't: each voice keeps its last packets for them.
 */
async function memoryOfOurs(nack: boolean) {
  const bench = await openOurs(nack);
  const stays = await memoryOfStays(bench, MEASURED_STAYS, converse);
  await converse(stays.members);
  const rssBytes = await settledRssBytes(bench.child);
  progress(`memory measured${nack ? " with NACK" : ""}`);
  for (const member of stays.members) await member.leave();
  await bench.child.end();
  return {
    rssPerPeerBytes: (rssBytes - stays.rssBytesBefore) / MEASURED_STAYS,
    rssPerSilentPeerBytes: stays.rssPerSilentPeerBytes,
  };
}

/** A server process, and how somebody joins it. */
interface Bench<Member> {
  child: Child;
  join(): Promise<Member>;
}

async function openOurs(nack: boolean): Promise<Bench<VoiceMember>> {
  const { child, server } = await startParley(0, [YOUNG_FROM_THE_START]);
  const origin = `http://${HOST}:${server.port}`;
  const organizationId = randomUUID();
  let channelId = "";
  let people = 0;
  const join = async () => {
    if (people % ROOM_SIZE === 0) channelId = randomUUID();
    const token = await signJoinToken(server, organizationId, channelId, `person ${people++}`);
    return joinRoom({ origin, token, identity, nack });
  };
  return { child, join };
}

/** Everybody of every room says something, so that each listener has heard all voices. */
async function converse(members: readonly VoiceMember[]): Promise<void> {
  for (let packet = 0; packet < SPOKEN_PACKETS; packet++) {
    for (const { client } of members) client.speak(sound);
    await new Promise((resolve) => setTimeout(resolve, PACKET_INTERVAL_MS));
  }
}

async function costOfPlainWerift() {
  const bench = openPlainWerift();
  const cost = await costOfJoins(bench, PLAIN_JOINS);
  progress(`${PLAIN_JOINS} joins on plain werift costed`);
  await bench.child.end();
  return cost;
}

async function memoryOfPlainWerift() {
  const bench = openPlainWerift();
  const stays = await memoryOfStays(bench, PLAIN_JOINS, async () => {});
  progress("memory of plain werift measured");
  for (const member of stays.members) await member.leave();
  await bench.child.end();
  return stays;
}

function openPlainWerift(): Bench<{ leave(): Promise<void> }> {
  const child = startChild(new URL("./plain-werift-process.ts", import.meta.url), [
    "--expose-gc",
    YOUNG_FROM_THE_START,
  ]);
  const join = async () => {
    const client = new ScriptedClient({ identity });
    const { id, offer } = await child.call<{ id: number; offer: string }>("offer");
    await child.call("accept", { id, sdp: client.offer.replaceAll("setup:actpass", "setup:active") });
    await client.accept(offer, HOST);
    await client.connected;
    return {
      async leave() {
        client.close();
        await child.call("close", id);
      },
    };
  };
  return { child, join };
}

/**
 * CPU of each join, behind others who stay, without what those who are there cost all the same (checks, pings, ticks),
 * which is measured right before and after. Garbage that is collected later is nobody's; the young generation's
 * collections come between the joins.
 */
async function costOfJoins<Member extends { leave(): Promise<void> }>(
  { child, join }: Bench<Member>,
  joins: number,
) {
  for (let n = 0; n < WARM_UP_JOINS; n++) await (await join()).leave();
  const members: Member[] = [];
  for (let n = 0; n < STAYING; n++) members.push(await join());
  await settle(child);
  const staysBefore = await idleCpuShare(child);
  const before = await child.call<Usage>("usage");
  for (let n = 0; n < joins; n++) members.push(await join());
  const after = await child.call<Usage>("usage");
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  await settle(child);
  const staysShare = (staysBefore + (await idleCpuShare(child))) / 2;
  const staysSeconds = staysShare * (after.wallSeconds - before.wallSeconds);
  for (const member of members) await member.leave();
  return {
    cpuMsPerJoin: ((cpuSeconds - staysSeconds) * 1_000) / joins,
    cpuMsPerJoinWithStays: (cpuSeconds * 1_000) / joins,
  };
}

/**
 * Resident memory of each who joins and stays, behind others who stay and with nobody gone: nobody gets memory that was
 * somebody's. What the process compiles meanwhile counts as theirs.
 */
async function memoryOfStays<Member>(
  { child, join }: Bench<Member>,
  stays: number,
  settleIn: (members: readonly Member[]) => Promise<void>,
) {
  const members: Member[] = [];
  for (let n = 0; n < STAYING; n++) members.push(await join());
  await settleIn(members);
  const rssBytesBefore = await settledRssBytes(child);
  for (let n = 0; n < stays; n++) members.push(await join());
  const rssPerSilentPeerBytes = ((await settledRssBytes(child)) - rssBytesBefore) / stays;
  return { members, rssBytesBefore, rssPerSilentPeerBytes };
}

async function settledRssBytes(child: Child): Promise<number> {
  await settle(child);
  return (await child.call<Usage>("usage")).memory.residentBytes;
}

/** What joins leave behind, garbage and first checks, isn't the stays': it is over before those are measured. */
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
