/**
 * Every parser that reads what strangers send, as its caller calls it: a refusal is a result, a throw other than
 * an AppError is a find. Some inputs are mended after the mutation, so that they get past a checksum.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { AppError } from "@parley/contract/errors";
import { SIGNAL_HELLO_BYTES_MAX } from "@parley/contract/limits";
import { DropCounters } from "@parley/media-node/rtc/drop-counters";
import { createDtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import { DtlsServer } from "@parley/media-node/rtc/dtls/dtls-server";
import { parseOffer } from "@parley/media-node/rtc/offer";
import { walkRtcp } from "@parley/media-node/rtc/rtp/rtcp-packet";
import { RtpReceiver } from "@parley/media-node/rtc/rtp/rtp-receiver";
import { hasIntegrity, parseBindingRequest } from "@parley/media-node/rtc/stun/binding-request";
import { FrameReader } from "@parley/media-node/rtc/tcp-framing";
import { DtlsClient } from "@parley/media-node/rtc/testing/dtls-client";
import { parseClientMessage } from "@parley/media-node/signal/client-message";

export interface FuzzedParser {
  name: string;
  corpus: readonly Buffer[];
  bytesMax: number;
  parse(input: Buffer): void;
  /** Repairs checksum and length, for every other input. */
  mend?(input: Buffer): void;
}

const PACKET_BYTES_MAX = 1_500;
/** A handshake in which so many inputs went is replaced by a fresh one, at another stage. */
const INPUTS_PER_SESSION = 2_000;

const file = (name: string) => readFileSync(join(import.meta.dirname, "corpus", name));
const packets = JSON.parse(file("packets.json").toString()) as Record<string, string[]>;
const hex = (name: string) => (packets[name] ?? []).map((text) => Buffer.from(text, "hex"));
const ignore = () => {};

export async function fuzzedParsers(): Promise<FuzzedParser[]> {
  const offer = file("chromium-offer.sdp");
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
    { name: "DTLS", corpus: hex("dtls"), bytesMax: PACKET_BYTES_MAX, parse: await dtlsReader() },
    {
      name: "RTP",
      corpus: hex("rtp"),
      bytesMax: PACKET_BYTES_MAX,
      parse(input) {
        if (receiver.admits(input)) receiver.receive(input, input.length);
      },
    },
    {
      name: "RTCP",
      corpus: hex("rtcp"),
      bytesMax: PACKET_BYTES_MAX,
      parse: (input) => void walkRtcp(input, input.length, ignore),
    },
    {
      name: "RFC 4571",
      corpus: hex("stun").map((packet) => Buffer.concat([Buffer.from([0, packet.length]), packet])),
      bytesMax: 64 * 1024,
      parse: (input) => void new FrameReader().read(input, () => true),
    },
    {
      name: "SDP",
      corpus: [offer],
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

function readStun(input: Buffer): void {
  const request = parseBindingRequest(input);
  if (typeof request !== "string") hasIntegrity(request, "a password of nobody's");
}

/** Length and FINGERPRINT, as the last eight bytes. */
function mendStun(input: Buffer): void {
  if (input.length < 28) return;
  input.writeUInt16BE(input.length - 20, 2);
  input.writeUInt32BE(0x80280004, input.length - 8);
  const sum = crc32(input.subarray(0, input.length - 8)) ^ 0x5354554e;
  input.writeUInt32BE(sum >>> 0, input.length - 4);
}

/** Servers before the hello, in the middle of a handshake, and connected, by turns. */
async function dtlsReader(): Promise<(input: Buffer) => void> {
  const [ours, theirs] = await Promise.all([createDtlsIdentity(), createDtlsIdentity()]);
  const open = (datagrams: number): DtlsServer => {
    const { fingerprint } = theirs;
    const server = new DtlsServer({ identity: ours, fingerprint, onDrop: ignore });
    const client = new DtlsClient({ identity: theirs, fingerprint: ours.fingerprint });
    client.start(0);
    for (let turn = 0; turn < datagrams; turn++) {
      for (const datagram of client.drain()) server.receive(datagram, 0);
      for (const datagram of server.drain()) client.receive(datagram, 0);
    }
    return server;
  };
  let inputs = 0;
  let server = open(0);
  return (input) => {
    if (inputs++ % INPUTS_PER_SESSION === 0 || server.phase === "ended")
      server = open(Math.floor(inputs / INPUTS_PER_SESSION) % 4);
    server.receive(input, inputs);
    server.drain();
  };
}

const signalMessages = (offer: string): Buffer[] =>
  [
    { type: "hello", versions: [1], token: "a.b.c", offer, muted: false },
    { type: "hello", versions: [1, 2], token: "a.b.c", offer: "v=0" },
    { type: "mute", muted: true },
    { type: "leave" },
    { type: "ping", id: 7 },
  ].map((message) => Buffer.from(JSON.stringify(message)));
