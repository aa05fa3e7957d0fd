/**
 * A room on a network that is too narrow for it, in a network namespace of its own (run by `unshare --net`): its
 * loopback lets so many bits through a second, and the node's socket fills. Prints one JSON object.
 */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import {
  channelIdSchema,
  organizationIdSchema,
  type ParticipantId,
  userIdSchema,
} from "@parley/contract/ids";
import { bindPort } from "@parley/media-node/port/bound-port";
import { createDtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import { packetKind } from "@parley/media-node/rtc/packet-kind";
import { ScriptedClient } from "@parley/media-node/rtc/testing/scripted-client";
import { openLocalThread } from "@parley/media-node/threads/testing/open-local-thread";

export interface NarrowNetwork {
  /** While more is said than the network carries. */
  waitingBytesMax: number;
  dropped: number;
  shedVoicesMax: number;
  /** RTP that reached a listener, and what of it opened to what somebody had said. */
  arrived: number;
  intact: number;
  heapGrowthBytes: number;
  /** After a pause: who hears how many of a single talker's packets. */
  heardAfterwards: number[];
  waitingBytesAfterwards: number;
}

const MEMBERS = 30;
/** As many streams as a scripted client opens. */
const TALKERS = 4;
const OVERLOAD_MS = 3_000;
const RECOVERY_MS_MAX = 15_000;
const PACKETS_AFTERWARDS = 25;
const FRAME_MS = 20;
/** Four talkers want 8 Mbit/s, one of them 2. */
const RATE = "3mbit";
const SEND_BUFFER_BYTES = 32 * 1024;
const uuid = (n: number) => `019b0000-0000-7000-8000-${String(n).padStart(12, "0")}`;

run("ip link set lo up");
run(`tc qdisc add dev lo root tbf rate ${RATE} burst 16kb limit 1mb`);
const port = await bindPort({ port: 0, host: "127.0.0.1" });
const identity = await createDtlsIdentity();
const thread = openLocalThread(port, identity);
// After the node has asked for a large one: what doesn't fit into the kernel must wait in the process soon.
port.udp.setSendBufferSize(SEND_BUFFER_BYTES);
let arrived = 0;
let intact = 0;
const heard = new Array<number>(MEMBERS).fill(0);
const members: ScriptedClient[] = [];
for (let n = 0; n < MEMBERS; n++) members.push(await enter(n));

const heapBefore = process.memoryUsage().heapUsed;
let waitingBytesMax = 0;
let shedVoicesMax = 0;
const talking = setInterval(() => {
  for (let n = 0; n < TALKERS; n++) members[n]?.speak(said(n), 20 + n);
}, FRAME_MS);
for (const endMs = performance.now() + OVERLOAD_MS; performance.now() < endMs; await sleep(5)) {
  waitingBytesMax = Math.max(waitingBytesMax, port.udp.getSendQueueSize());
  shedVoicesMax = Math.max(shedVoicesMax, (await thread.counts()).shedVoices);
}
clearInterval(talking);
const heapGrowthBytes = process.memoryUsage().heapUsed - heapBefore;
const { drops } = await thread.counts();
for (const endMs = performance.now() + RECOVERY_MS_MAX; performance.now() < endMs; await sleep(50))
  if ((await thread.counts()).shedVoices === 0 && port.udp.getSendQueueSize() === 0) break;
heard.fill(0);
for (let n = 0; n < PACKETS_AFTERWARDS; n++) {
  members[0]?.speak(said(0));
  await sleep(FRAME_MS);
}
await sleep(500);
const result: NarrowNetwork = {
  waitingBytesMax,
  dropped: drops.send_queue_full ?? 0,
  shedVoicesMax,
  arrived,
  intact,
  heapGrowthBytes,
  heardAfterwards: heard,
  waitingBytesAfterwards: port.udp.getSendQueueSize(),
};
process.stdout.write(JSON.stringify(result));
process.exit();

/** A hundred bytes that only this talker says. */
function said(talker: number): Buffer {
  return Buffer.alloc(100, `talker ${talker} `);
}

async function enter(n: number): Promise<ScriptedClient> {
  const client = new ScriptedClient({ identity });
  client.onDatagram = (datagram) => {
    if (packetKind(datagram) === "rtp") arrived++;
  };
  client.onVoice = (packet) => {
    heard[n] = (heard[n] ?? 0) + 1;
    const payload = packet.subarray(16);
    // Three bytes of silence end the spurt of a voice that is given up.
    if (payload.length === 3 || payload.equals(said(packet.readUInt32BE(12) - 1))) intact++;
  };
  const { answer } = await thread.accept(n, client.offer, ["127.0.0.1"]);
  await client.accept(answer);
  await client.connected;
  thread.enter(n, {
    organizationId: organizationIdSchema.parse(uuid(0)),
    channelId: channelIdSchema.parse(uuid(1)),
    participant: {
      id: `${n + 1}` as ParticipantId,
      userId: userIdSchema.parse(uuid(n + 2)),
      name: "",
      muted: false,
    },
    canSpeak: true,
    isPriority: false,
  });
  return client;
}

function run(command: string): void {
  const [program = "", ...words] = command.split(" ");
  const { status, stderr, error } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
}
