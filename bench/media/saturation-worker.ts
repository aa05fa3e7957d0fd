/** Forwards as fast as it can, from a room of 101 to a socket of its own. */
import { randomBytes } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { ParticipantId } from "@parley/contract/ids";
import { userIdSchema } from "@parley/contract/ids";
import { bindPort } from "@parley/media-node/port/bound-port";
import { Gate } from "@parley/media-node/rtc/gate";
import { SrtpSession } from "@parley/media-node/rtc/srtp/srtp-session";
import { UdpPort } from "@parley/media-node/rtc/udp-port";
import { VoiceSender } from "@parley/media-node/rtc/voice-sender";
import { type Stay, VoiceRoom } from "@parley/media-node/threads/voice-room";

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

const own = await bindPort({ port: 0, host: "127.0.0.1" });
const sink = await bindPort({ port: 0, host: "127.0.0.1" });
const udp = new UdpPort(own.udp, new Gate(fail));
let packets = 0;

const room = new VoiceRoom(8, () => {});
for (let id = 0; id <= LISTENERS; id++) {
  const participant = { id: `${id + 1}` as ParticipantId, userId: USER, name: "", muted: false };
  const streamStarts = Array.from({ length: 8 }, () => ({ sequence: 0, timestamp: 0 }));
  const joining = {
    participant,
    listener: stay(id),
    canSpeak: true,
    isPriority: false,
    voices: 8,
    streamStarts,
  };
  room.handle({ type: "join", joining }, 0);
}

const packet = { sequenceNumber: 0, timestamp: 0, marker: false, levelDbov: -20, payload: PAYLOAD };
parentPort?.on("message", async (ms: number) => parentPort?.postMessage(await forwardFor(ms)));
parentPort?.postMessage("ready");

async function forwardFor(ms: number): Promise<Forwarded> {
  const startMs = performance.now();
  const startCpu = process.threadCpuUsage();
  const before = packets;
  let nowMs = startMs;
  for (; nowMs - startMs < ms; nowMs = performance.now()) {
    for (let n = 0; n < BURST; n++) {
      packet.sequenceNumber = (packet.sequenceNumber + 1) & 0xffff;
      packet.timestamp = (packet.timestamp + 960) >>> 0;
      room.packet("1" as ParticipantId, packet, nowMs);
    }
    await turn();
  }
  const { user, system } = process.threadCpuUsage(startCpu);
  return {
    packets: packets - before,
    wallSeconds: (nowMs - startMs) / 1e3,
    cpuSeconds: (user + system) / 1e6,
  };
}

function stay(id: number): Stay {
  const keys = () => ({ key: randomBytes(16), salt: randomBytes(12) });
  const [local, remote] = [keys(), keys()];
  const session = new SrtpSession({
    profile: "AEAD_AES_128_GCM",
    localKey: local.key,
    localSalt: local.salt,
    remoteKey: remote.key,
    remoteSalt: remote.salt,
  });
  const senders = Array.from({ length: 8 }, (_, voice) => new VoiceSender(session.sealer(voice + 1), FORMAT));
  return {
    id,
    transport: {
      answer: "",
      voices: 8,
      send(voice, forwarded) {
        const place = udp.placeToSeal();
        if (place < 0) return;
        const bytes = (senders[voice] as VoiceSender).seal(forwarded, place);
        udp.sendSealed(place, bytes, sink.port, "127.0.0.1");
        packets++;
      },
      close() {},
    },
  };
}

/** A benchmark that meets a bug measures nothing. */
function fail(error: unknown): never {
  throw error;
}
