/**
 * Every parser that reads what strangers send, as its caller calls it: a refusal is a result, a throw other than
 * an AppError is a find. Some inputs are mended after the mutation, so that they get past a checksum.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { AppError } from "@parley/contract/errors";
import { SIGNAL_HELLO_BYTES_MAX } from "@parley/contract/limits";
import { NackRing, walkNack } from "@parley/media-node/core/nack-ring";
import { DropCounters } from "@parley/media-node/rtc/drop-counters";
import { certifiedKey, verifyCertificateVerify } from "@parley/media-node/rtc/dtls/client-proof";
import { DtlsFailure } from "@parley/media-node/rtc/dtls/dtls-failure";
import { createDtlsIdentity, sha256Fingerprint } from "@parley/media-node/rtc/dtls/dtls-identity";
import { DtlsServer } from "@parley/media-node/rtc/dtls/dtls-server";
import { uint16, vector } from "@parley/media-node/rtc/dtls/tls-vector";
import { parseOffer } from "@parley/media-node/rtc/offer";
import { walkRtcp } from "@parley/media-node/rtc/rtp/rtcp-packet";
import { RtpReceiver } from "@parley/media-node/rtc/rtp/rtp-receiver";
import { type SrtpProfile, srtpSaltBytes } from "@parley/media-node/rtc/srtp/srtp-profile";
import { SrtpSession } from "@parley/media-node/rtc/srtp/srtp-session";
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
      fingerprint: "",
      microphone: { payloadType: 111, redPayloadType: 63, ssrc: undefined, audioLevelId: 1 },
    },
    new DropCounters(),
    ignore,
  );
  return [
    { name: "STUN", corpus: hex("stun"), bytesMax: PACKET_BYTES_MAX, parse: readStun, mend: mendStun },
    { name: "DTLS", corpus: hex("dtls"), bytesMax: PACKET_BYTES_MAX, parse: await dtlsReader() },
    { name: "DTLS by a client", corpus: hex("dtls"), bytesMax: 1_200, parse: await sealedDtlsReader() },
    await certificates(),
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
      parse: (input) =>
        void walkRtcp(input, input.length, (_type, _count, start, end) => answerNack(input, start, end)),
    },
    ...(["AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"] as const).flatMap(srtpOpeners),
    {
      name: "RFC 4571",
      corpus: hex("stun").map((packet) => Buffer.concat([Buffer.from([0, packet.length]), packet])),
      bytesMax: 64 * 1024,
      parse: (input) => void new FrameReader().read(input),
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
      for (const datagram of client.drain()) server.receive(datagram, "tuple", 0);
      for (const datagram of server.drain()) client.receive(datagram, 0);
    }
    return server;
  };
  let inputs = 0;
  let server = open(0);
  return (input) => {
    if (inputs++ % INPUTS_PER_SESSION === 0 || server.phase === "ended")
      server = open(Math.floor(inputs / INPUTS_PER_SESSION) % 4);
    server.receive(input, "tuple", inputs);
    server.drain();
  };
}

/** Connected servers, and a client whose keys are good and whose words are anything. */
async function sealedDtlsReader(): Promise<(input: Buffer) => void> {
  const [ours, theirs] = await Promise.all([createDtlsIdentity(), createDtlsIdentity()]);
  const open = () => {
    const server = new DtlsServer({ identity: ours, fingerprint: theirs.fingerprint, onDrop: ignore });
    const client = new DtlsClient({ identity: theirs, fingerprint: ours.fingerprint });
    client.start(0);
    while (client.phase !== "connected") {
      for (const datagram of client.drain()) server.receive(datagram, "tuple", 0);
      for (const datagram of server.drain()) client.receive(datagram, 0);
    }
    return { server, client };
  };
  let { server, client } = open();
  return (input) => {
    if (server.phase !== "connected") ({ server, client } = open());
    // 20 … 24: one more than there are.
    const type = 20 + ((input[0] ?? 0) % 5);
    client.say({ type, epoch: 1, fragment: Buffer.from(input.subarray(1)) });
    for (const datagram of client.drain()) server.receive(datagram, "tuple", 1);
    server.drain();
  };
}

/** Certificates that are what the SDP says, however odd they are, and a signature of the same bytes. */
async function certificates(): Promise<FuzzedParser> {
  const { certificate } = await createDtlsIdentity();
  return {
    name: "certificate",
    corpus: [certificate],
    bytesMax: PACKET_BYTES_MAX,
    parse(input) {
      try {
        const key = certifiedKey(vector(3, vector(3, input)), sha256Fingerprint(input));
        verifyCertificateVerify(input, input, key);
        verifyCertificateVerify(Buffer.concat([uint16(0x0403), vector(2, input)]), input, key);
      } catch (error) {
        if (!(error instanceof DtlsFailure)) throw error;
      }
    },
  };
}

/** Packets bent after they were sealed, and before. */
function srtpOpeners(profile: SrtpProfile): FuzzedParser[] {
  const salt = () => randomBytes(srtpSaltBytes(profile));
  const [near, far] = [
    { key: randomBytes(16), salt: salt() },
    { key: randomBytes(16), salt: salt() },
  ];
  const open = (local: typeof near, remote: typeof near) =>
    new SrtpSession({
      profile,
      localKey: local.key,
      localSalt: local.salt,
      remoteKey: remote.key,
      remoteSalt: remote.salt,
    });
  const [sender, receiver] = [open(near, far), open(far, near)];
  const out = Buffer.alloc(2_048);
  let sequenceNumber = 0;
  const sealed = (plain: Buffer, seal: (plain: Buffer, out: Buffer) => number) =>
    Buffer.from(out.subarray(0, Math.max(0, seal(plain, out))));
  const sealRtp = (plain: Buffer) => sealed(plain, (from, to) => sender.sealRtp(from, to));
  const sealRtcp = (plain: Buffer) => sealed(plain, (from, to) => sender.sealRtcp(from, to));
  return [
    {
      name: `SRTP ${profile}`,
      corpus: hex("rtp").map(sealRtp),
      bytesMax: PACKET_BYTES_MAX + 20,
      parse(input) {
        receiver.openRtp(input, out);
        // An index is used once, whatever the input says.
        const plain = Buffer.from(input);
        if (plain.length < 12) return;
        sequenceNumber = (sequenceNumber + 1) & 0xffff;
        plain.writeUInt16BE(sequenceNumber, 2);
        plain.writeUInt32BE(1, 8);
        const again = sealRtp(plain);
        if (again.length > 0) receiver.openRtp(again, out);
      },
    },
    {
      name: `SRTCP ${profile}`,
      corpus: hex("rtcp").map(sealRtcp),
      bytesMax: PACKET_BYTES_MAX + 20,
      parse(input) {
        receiver.openRtcp(input, out);
        const again = sealRtcp(input);
        if (again.length > 0) receiver.openRtcp(again, out);
      },
    },
  ];
}

/** A listener's last packets, and a request for some of them. */
function answerNack(packet: Buffer, start: number, end: number): void {
  walkNack(packet, start + 4, end, (sequenceNumber) => void ring.findAgain(sequenceNumber));
}
const ring = new NackRing();
for (let sequenceNumber = 0; sequenceNumber < 64; sequenceNumber++)
  ring.store(sequenceNumber, Buffer.alloc(80));

const signalMessages = (offer: string): Buffer[] =>
  [
    { type: "hello", versions: [1], token: "a.b.c", offer, muted: false },
    { type: "hello", versions: [1, 2], token: "a.b.c", offer: "v=0" },
    { type: "mute", muted: true },
    { type: "leave" },
    { type: "ping", id: 7 },
  ].map((message) => Buffer.from(JSON.stringify(message)));
