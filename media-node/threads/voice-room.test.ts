import { randomBytes } from "node:crypto";
import { Session } from "node:inspector/promises";
import type { ParticipantId } from "@parley/contract/ids";
import { userIdSchema } from "@parley/contract/ids";
import { expect, it } from "vitest";
import { SealedSlots } from "../rtc/sealed-slots.ts";
import { SrtpSession } from "../rtc/srtp/srtp-session.ts";
import { VoiceSender } from "../rtc/voice-sender.ts";
import { type Stay, VoiceRoom } from "./voice-room.ts";

const LISTENERS = 50;
const PACKETS = 2_000;
/** A call for keystream allocates some 250 bytes, once for 20 packets; an object for each would be more than this. */
const BYTES_PER_PACKET_MAX = 24;
const FORMAT = { opusPayloadType: 111, redPayloadType: undefined, nack: false };
const USER = userIdSchema.parse("019b0000-0000-7000-8000-000000000001");

const slots = new SealedSlots();
let sealed = 0;

function stay(id: number): Stay {
  const session = new SrtpSession({
    profile: "AEAD_AES_128_GCM",
    localKey: randomBytes(16),
    localSalt: randomBytes(12),
    remoteKey: randomBytes(16),
    remoteSalt: randomBytes(12),
  });
  const sender = new VoiceSender(session.sealer(1), FORMAT);
  return {
    id,
    transport: {
      answer: "",
      voices: 1,
      send(_voice, packet) {
        const slot = slots.take(0);
        slots.view(slot, sender.seal(packet, slot));
        sealed++;
      },
      close() {},
    },
  };
}

it("the way of a packet, from the room to its sealed copies, allocates nothing but keystream", async () => {
  const room = new VoiceRoom(1, () => {});
  for (let id = 1; id <= LISTENERS + 1; id++) {
    const participant = { id: `${id}` as ParticipantId, userId: USER, name: "", muted: false };
    const streamStarts = [{ sequence: 0, timestamp: 0 }];
    const joining = {
      participant,
      listener: stay(id),
      canSpeak: true,
      isPriority: false,
      voices: 1,
      streamStarts,
    };
    room.handle({ type: "join", joining }, 0);
  }
  const packet = {
    sequenceNumber: 0,
    timestamp: 0,
    marker: false,
    levelDbov: -20,
    payload: randomBytes(100),
  };
  const talk = () => {
    for (let n = 0; n < PACKETS; n++) {
      packet.sequenceNumber = (packet.sequenceNumber + 1) & 0xffff;
      packet.timestamp += 960;
      room.packet("1" as ParticipantId, packet, packet.timestamp / 48);
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
  const before = sealed;
  talk();
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  expect(sealed - before).toBe(PACKETS * LISTENERS);
  expect(allocatedBytes(profile.head) / (sealed - before)).toBeLessThan(BYTES_PER_PACKET_MAX);
});

interface Node {
  selfSize: number;
  children: Node[];
}

const allocatedBytes = (node: Node): number =>
  node.children.reduce((sum, child) => sum + allocatedBytes(child), node.selfSize);
