/**
 * Every parser that reads what strangers send, as its caller calls it: a refusal is a result, a throw other than
 * an AppError is a find. Some inputs are mended after the mutation, so that they get past a checksum.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { AppError } from "@parley/contract/errors";
import { SIGNAL_HELLO_BYTES_MAX } from "@parley/contract/limits";
import { NackRing, walkNack } from "@parley/media-node/core/nack-ring";
import { DropCounters } from "@parley/media-node/rtc/drop-counters";
import { parseOffer } from "@parley/media-node/rtc/offer";
import { walkRtcp } from "@parley/media-node/rtc/rtp/rtcp-packet";
import { RtpReceiver } from "@parley/media-node/rtc/rtp/rtp-receiver";
import { hasIntegrity, parseBindingRequest } from "@parley/media-node/rtc/stun/binding-request";
import { answeredTransaction, isSignedAnswer } from "@parley/media-node/rtc/stun/consent";
import { FrameReader } from "@parley/media-node/rtc/tcp-framing";
import { seededRandom } from "@parley/media-node/rtc/testing/seeded-random";
import { parseClientMessage } from "@parley/media-node/signal/client-message";
import { dtlsParsers } from "./dtls-parsers.ts";
import { type FuzzedParser, PACKET_BYTES_MAX } from "./fuzzed-parser.ts";
import { srtpParsers } from "./srtp-parsers.ts";

const file = (name: string) => readFileSync(join(import.meta.dirname, "corpus", name));
const packets = JSON.parse(file("packets.json").toString()) as Record<string, string[]>;
const hex = (name: string) => (packets[name] ?? []).map((text) => Buffer.from(text, "hex"));
const ignore = () => {};
/** As clients answer the node's own checks: over IPv4, over IPv6, and with an attribute that needs padding. */
export const stunAnswers: readonly Buffer[] = hex("stunAnswers");
/** They are signed by it. */
const ICE_PASSWORD = "a password of nobody's";
/** As much as a stream is read at once. */
const CUT_BYTES_MAX = 64 * 1024;

export async function fuzzedParsers(): Promise<FuzzedParser[]> {
  const offer = file("chromium-offer.sdp");
  const firefoxOffer = file("firefox-offer.sdp");
  const receiver = new RtpReceiver(
    {
      sections: [],
      iceUfrag: "",
      icePassword: "",
      fingerprint: "",
      microphone: { payloadType: 111, redPayloadType: 63, ssrc: undefined, audioLevelId: 1 },
    },
    new DropCounters(),
    ignore,
  );
  return [
    { name: "STUN", corpus: hex("stun"), bytesMax: PACKET_BYTES_MAX, parse: readStun, mend: mendStun },
    {
      name: "STUN answers",
      corpus: stunAnswers,
      bytesMax: PACKET_BYTES_MAX,
      parse: (input) => void isGoodAnswer(input),
      mend: mendStun,
    },
    ...(await dtlsParsers(hex("dtls"))),
    {
      name: "RTP",
      corpus: hex("rtp"),
      bytesMax: PACKET_BYTES_MAX,
      parse(input) {
        const headerBytes = receiver.admit(input);
        if (headerBytes >= 0) receiver.receive(input, headerBytes, input.length);
      },
    },
    {
      name: "RTCP",
      corpus: hex("rtcp"),
      bytesMax: PACKET_BYTES_MAX,
      parse: (input) =>
        void walkRtcp(input, input.length, (_type, _count, start, end) => answerNack(input, start, end)),
    },
    ...srtpParsers(hex("rtp"), hex("rtcp")),
    {
      name: "RFC 4571",
      corpus: hex("stun").map((packet) => Buffer.concat([Buffer.from([0, packet.length]), packet])),
      bytesMax: 64 * 1024,
      parse: expectSameFrames,
    },
    {
      name: "SDP",
      corpus: [offer, firefoxOffer],
      bytesMax: 32 * 1024,
      parse: (input) => expectingRefusals(() => parseOffer(input.toString("utf8"))),
    },
    {
      name: "signalling",
      corpus: signalMessages(offer.toString()),
      bytesMax: SIGNAL_HELLO_BYTES_MAX,
      parse: (input) => expectingRefusals(() => parseClientMessage(input)),
    },
  ];
}

function expectingRefusals(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

/** However the network cuts a stream, the same packets come out of it, and it ends for the same reason. */
function expectSameFrames(input: Buffer): void {
  const random = seededRandom(crc32(input));
  const cuts: Buffer[] = [];
  for (let at = 0; at < input.length; ) {
    const bytes = 1 + Math.floor(random() ** 3 * CUT_BYTES_MAX);
    cuts.push(input.subarray(at, at + bytes));
    at += bytes;
  }
  if (framesOf(cuts) !== framesOf([input])) throw new Error("the cuts of a stream changed its frames");
}

function framesOf(chunks: readonly Buffer[]): string {
  const reader = new FrameReader();
  let sum = 0;
  let frames = 0;
  const isOpen = chunks.every((chunk) =>
    reader.read(chunk, (packet) => {
      sum = crc32(packet, sum);
      return ++frames > 0;
    }),
  );
  return `${frames} frames, sum ${sum}, ${isOpen ? "open" : "ended"}`;
}

function readStun(input: Buffer): void {
  const request = parseBindingRequest(input);
  if (typeof request !== "string") hasIntegrity(request, ICE_PASSWORD);
}

export const isGoodAnswer = (input: Buffer): boolean =>
  answeredTransaction(input) !== undefined && isSignedAnswer(input, ICE_PASSWORD);

/** Length and FINGERPRINT, as the last eight bytes. */
function mendStun(input: Buffer): void {
  if (input.length < 28) return;
  input.writeUInt16BE(input.length - 20, 2);
  input.writeUInt32BE(0x80280004, input.length - 8);
  const sum = crc32(input.subarray(0, input.length - 8)) ^ 0x5354554e;
  input.writeUInt32BE(sum >>> 0, input.length - 4);
}

/** A listener's last packets, and a request for some of them. */
function answerNack(packet: Buffer, start: number, end: number): void {
  walkNack(packet, start + 4, end, (sequenceNumber) => void ring.findAgain(sequenceNumber));
}
const ring = new NackRing();
for (let sequenceNumber = 0; sequenceNumber < 64; sequenceNumber++)
  ring.store(sequenceNumber, Buffer.alloc(80), 0, 80);

const signalMessages = (offer: string): Buffer[] =>
  [
    { type: "hello", versions: [1], token: "a.b.c", offer, muted: false },
    { type: "hello", versions: [1, 2], token: "a.b.c", offer: "v=0" },
    { type: "mute", muted: true },
    { type: "leave" },
    { type: "ping", id: 7 },
  ].map((message) => Buffer.from(JSON.stringify(message)));
