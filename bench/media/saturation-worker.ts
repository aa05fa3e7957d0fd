/** Forwards as fast as it can, from a room of 101 to a socket of its own. */
import { randomBytes } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { ParticipantId } from "@parley/contract/ids";
import { userIdSchema } from "@parley/contract/ids";
import { bindPort } from "@parley/media-node/port/bound-port";
import { Gate } from "@parley/media-node/rtc/gate";
import { Path } from "@parley/media-node/rtc/path";
import { SrtpSession } from "@parley/media-node/rtc/srtp/srtp-session";
import { UdpPort } from "@parley/media-node/rtc/udp-port";
import { VoiceSender } from "@parley/media-node/rtc/voice-sender";
import { VoiceRoom } from "@parley/media-node/threads/voice-room";

export interface Forwarded {
  packets: number;
  wallSeconds: number;
  cpuSeconds: number;
}

const LISTENERS = 100;
const BURST = 10;
const FORMAT = { opusPayloadType: 111, redPayloadType: undefined, nack: false };
const PAYLOAD = randomBytes(100);
const USER = userIdSchema.parse("019b0000-0000-7000-8000-000000000001");

class SinkPath extends Path {
  send(packet: Uint8Array): void {
    udp.send(packet, this.port, this.address);
  }
  placeToSeal(): number {
    return udp.placeToSeal();
  }
  sendSealed(place: number, bytes: number): void {
    udp.sendSealed(place, bytes, this.port, this.address);
  }
  attach(): void {}
  close(): void {}
}

const own = await bindPort({ port: 0, host: "127.0.0.1" });
const sink = await bindPort({ port: 0, host: "127.0.0.1" });
const gate = new Gate(fail);
const udp = new UdpPort(own.udp, gate);
const sinkPath = new SinkPath("127.0.0.1", sink.port, 0);
const sent = { packets: 0 };

const room = new VoiceRoom(8, () => {});
for (let id = 0; id <= LISTENERS; id++) {
  const participant = { id: `${id + 1}` as ParticipantId, userId: USER, name: "", muted: false };
  const streamStarts = Array.from({ length: 8 }, () => ({ sequence: 0, timestamp: 0 }));
  const joining = {
    participant,
    listener: id,
    outlets: outlets(),
    canSpeak: true,
    isPriority: false,
    streamStarts,
  };
  room.handle({ type: "join", joining }, 0);
}

let talkedMs = 0;
const packet = { sequenceNumber: 0, timestamp: 0, marker: false, levelDbov: -20, payload: PAYLOAD };
parentPort?.on("message", async (ms: number) => parentPort?.postMessage(await forwardFor(ms)));
parentPort?.postMessage("ready");

async function forwardFor(ms: number): Promise<Forwarded> {
  const startMs = performance.now();
  const startCpu = process.threadCpuUsage();
  const before = sent.packets;
  let nowMs = startMs;
  for (; nowMs - startMs < ms; nowMs = performance.now()) {
    for (let n = 0; n < BURST; n++) {
      packet.sequenceNumber = (packet.sequenceNumber + 1) & 0xffff;
      packet.timestamp = (packet.timestamp + 960) >>> 0;
      // A talker's time, which runs faster here than ours.
      talkedMs += 20;
      room.packet("1" as ParticipantId, packet, talkedMs);
    }
    await turn();
  }
  const { user, system } = process.threadCpuUsage(startCpu);
  return {
    packets: sent.packets - before,
    wallSeconds: (nowMs - startMs) / 1e3,
    cpuSeconds: (user + system) / 1e6,
  };
}

/** Everybody's packets go to one socket that nobody reads. */
function outlets(): VoiceSender[] {
  const keys = () => ({ key: randomBytes(16), salt: randomBytes(12) });
  const [local, remote] = [keys(), keys()];
  const session = new SrtpSession({
    profile: "AEAD_AES_128_GCM",
    localKey: local.key,
    localSalt: local.salt,
    remoteKey: remote.key,
    remoteSalt: remote.salt,
  });
  return Array.from({ length: 8 }, (_, voice) => {
    const sender = new VoiceSender({ ...FORMAT, ssrc: voice + 1 }, sent, gate.drops);
    sender.open(session);
    sender.path = sinkPath;
    return sender;
  });
}

/** A benchmark that meets a bug measures nothing. */
function fail(error: unknown): never {
  throw error;
}
