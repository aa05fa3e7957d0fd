import { randomBytes } from "node:crypto";
import { Session } from "node:inspector/promises";
import type { ParticipantId } from "@parley/contract/ids";
import { userIdSchema } from "@parley/contract/ids";
import { expect, it } from "vitest";
import type { Joining } from "../core/room.ts";
import { DropCounters } from "../rtc/drop-counters.ts";
import type { VoiceOutlet } from "../rtc/media-transport.ts";
import { parseOffer } from "../rtc/offer.ts";
import { Path } from "../rtc/path.ts";
import { RtpReceiver, receivedPacket } from "../rtc/rtp/rtp-receiver.ts";
import { SendQueue } from "../rtc/send-queue.ts";
import type { SrtpProfile } from "../rtc/srtp/srtp-profile.ts";
import { SrtpSession } from "../rtc/srtp/srtp-session.ts";
import { writeTestOffer } from "../rtc/testing/test-offer.ts";
import { VoiceSender } from "../rtc/voice-sender.ts";
import { VoiceRoom } from "./voice-room.ts";

const LISTENERS = 50;
const PACKETS = 2_000;
/** A call for keystream allocates some 250 bytes, once for 20 packets; an object for each would be more than this. */
const BYTES_PER_PACKET_MAX = 24;
const USER = userIdSchema.parse("019b0000-0000-7000-8000-000000000001");
/** V8 keeps small numbers without an object; half of all timestamps and SSRCs aren't small. */
const HIGH = 0xe0000000;

const queue = new SendQueue(() => 0);
const sealed = { packets: 0 };

function keysOf(profile: SrtpProfile) {
  const saltBytes = profile === "AEAD_AES_128_GCM" ? 12 : 14;
  const keys = { profile, localKey: randomBytes(16), localSalt: randomBytes(saltBytes) };
  return { ...keys, remoteKey: randomBytes(16), remoteSalt: randomBytes(saltBytes) };
}

class QueuePath extends Path {
  send() {}
  placeToSeal() {
    return queue.place();
  }
  sendSealed(_place: number, bytes: number) {
    queue.keep(bytes);
  }
  attach() {}
  close() {}
}
const path = new QueuePath("192.0.2.1", 1, 0);

/** Somebody who hears with one voice. */
function listening(id: number, outlet: VoiceOutlet): Joining<number, VoiceOutlet> {
  return {
    participant: { id: `${id}` as ParticipantId, userId: USER, name: "", muted: false },
    listener: id,
    outlets: [outlet],
    canSpeak: true,
    isPriority: false,
    streamStarts: [{ sequence: 0x7000, timestamp: HIGH }],
  };
}

function outletOf(id: number, profile: SrtpProfile, nack: boolean): VoiceOutlet {
  const format = { ssrc: HIGH + id, opusPayloadType: 111, redPayloadType: undefined, nack };
  const sender = new VoiceSender(format, sealed, new DropCounters());
  sender.open(new SrtpSession(keysOf(profile)));
  sender.path = path;
  return sender;
}

/** A talker's packets, sealed ahead. */
function talker(profile: SrtpProfile) {
  const keys = keysOf(profile);
  const mirrored = {
    profile,
    localKey: keys.remoteKey,
    localSalt: keys.remoteSalt,
    remoteKey: keys.localKey,
    remoteSalt: keys.localSalt,
  };
  const [client, node] = [new SrtpSession(keys), new SrtpSession(mirrored)];
  const packets = Array.from({ length: 2 * PACKETS }, (_, n) => {
    const plain = Buffer.concat([Buffer.from("906f", "hex"), Buffer.alloc(18), randomBytes(100)]);
    plain.writeUInt16BE(n, 2);
    plain.writeUInt32BE(HIGH + n * 960, 4);
    plain.writeUInt32BE(HIGH, 8);
    plain.writeUInt32BE(0xbede0001, 12);
    plain.writeUInt32BE(0x10140000, 16);
    const out = Buffer.alloc(200);
    return out.subarray(0, client.sealRtp(plain, out));
  });
  return { packets, node };
}

it.each([
  ["AEAD_AES_128_GCM", false],
  ["AEAD_AES_128_GCM", true],
  ["AES_CM_128_HMAC_SHA1_80", true],
] as const)("the way of a packet, from its opening to its sealed copies, allocates nothing but keystream (%s, nack %s)", async (profile, nack) => {
  const room = new VoiceRoom(1, () => {});
  for (let id = 1; id <= LISTENERS + 1; id++) {
    const joining = listening(HIGH + id, outletOf(id, profile, nack));
    room.handle({ type: "join", joining }, 0);
  }
  const { packets, node } = talker(profile);
  const offer = parseOffer(
    writeTestOffer({
      ufrag: "abcd",
      password: randomBytes(16).toString("hex"),
      fingerprint: Array(32).fill("AB").join(":"),
      ssrc: HIGH,
      voices: 1,
    }),
  );
  let nowMs = 0;
  const receiver = new RtpReceiver(offer, new DropCounters(), (packet) => {
    room.packet(`${HIGH + 1}` as ParticipantId, packet, nowMs);
  });
  let next = 0;
  const talk = () => {
    for (const end = next + PACKETS; next < end; next++) {
      const packet = packets[next] as Buffer;
      const headerBytes = receiver.admit(packet);
      nowMs += 20;
      receiver.receive(receivedPacket, headerBytes, node.openReceivedRtp(packet, headerBytes));
    }
  };
  talk(); // The compiler allocates, too, until it is done.
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 512,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  const before = sealed.packets;
  talk();
  const { profile: heap } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  expect(sealed.packets - before).toBe(PACKETS * LISTENERS);
  expect(allocatedBytes(heap.head) / (sealed.packets - before)).toBeLessThan(BYTES_PER_PACKET_MAX);
});

it("a socket that takes only some of a packet's copies doesn't always leave out the same listeners", () => {
  const room = new VoiceRoom(1, () => {});
  const heard = new Map<number, number>();
  let left = 0;
  for (let id = 1; id <= 11; id++) {
    const send = () => {
      if (left-- > 0) heard.set(id, (heard.get(id) ?? 0) + 1);
    };
    room.handle({ type: "join", joining: listening(id, { send }) }, 0);
  }
  for (let n = 0; n < 100; n++) {
    left = 4;
    const packet = {
      sequenceNumber: n,
      timestamp: n * 960,
      marker: false,
      levelDbov: -20,
      payload: randomBytes(80),
    };
    room.packet("1" as ParticipantId, packet, n * 20);
  }
  expect(new Set(heard.values())).toEqual(new Set([40]));
  expect(heard.size).toBe(10);
});

interface Node {
  selfSize: number;
  children: Node[];
}

const allocatedBytes = (node: Node): number =>
  node.children.reduce((sum, child) => sum + allocatedBytes(child), node.selfSize);
