/**
 * A DTLS 1.2 client, sans-IO, for tests and benchmarks: honest by default, and able to lie in each way that
 * the server must notice.
 */
import {
  createECDH,
  createHash,
  type KeyObject,
  randomBytes,
  sign,
  verify,
  X509Certificate,
} from "node:crypto";
import { ByteReader } from "../dtls/byte-reader.ts";
import {
  ECDHE_ECDSA_AES_128_GCM_SHA256,
  ECDSA_SECP256R1_SHA256,
  extensionType,
  SECP256R1,
} from "../dtls/client-hello.ts";
import { type DtlsIdentity, sha256Fingerprint } from "../dtls/dtls-identity.ts";
import { contentType, DTLS_1_2, parseRecords } from "../dtls/dtls-record.ts";
import { deriveSrtpKeys } from "../dtls/dtls-srtp-keys.ts";
import { HandshakeInbox } from "../dtls/handshake-inbox.ts";
import { type HandshakeMessage, handshakeType, writeHandshake } from "../dtls/handshake-message.ts";
import { extendedMasterSecret, recordKeys, verifyData } from "../dtls/key-schedule.ts";
import { RecordCipher } from "../dtls/record-cipher.ts";
import { type OutgoingRecord, RecordOutbox } from "../dtls/record-outbox.ts";
import { extension, uint16, vector } from "../dtls/tls-vector.ts";
import { SRTP_PROFILE_IDS, type SrtpProfileId } from "../srtp/srtp-profile.ts";
import type { SrtpKeys } from "../srtp/srtp-session.ts";

/** As libwebrtc begins. */
const RETRANSMIT_FIRST_MS = 50;
const RETRANSMIT_MS_MAX = 400;

/** What an honest client would do otherwise. */
export interface DtlsLies {
  cipherSuites?: readonly number[];
  srtpProfiles?: readonly number[];
  withoutExtendedMasterSecret?: boolean;
  /** Leaves out what a client needn't say: curves, point formats, renegotiation. */
  isTaciturn?: boolean;
  /** The DER that goes out in place of the identity's own; undefined inside the object sends none. */
  certificate?: { der: Buffer | undefined };
  signingKey?: KeyObject;
  signature?: (honest: Buffer) => Buffer;
  verifyData?: (honest: Buffer) => Buffer;
  finishedEpoch?: 0;
  withoutCertificateVerify?: boolean;
}

export interface DtlsClientOptions {
  identity: DtlsIdentity;
  /** The server's, from its SDP. */
  fingerprint: string;
  lies?: DtlsLies;
  /** Until then the time between repetitions doubles; libwebrtc's has no such bound. 400 where it isn't told. */
  retransmitMsMax?: number | undefined;
}

type Phase = "new" | "greeting" | "authenticating" | "connected" | "ended";

export class DtlsClient {
  readonly #options: DtlsClientOptions;
  readonly #lies: DtlsLies;
  readonly #inbox = new HandshakeInbox();
  readonly #outbox = new RecordOutbox();
  readonly #ephemeral = createECDH("prime256v1");
  readonly #random = randomBytes(32);
  #phase: Phase = "new";
  #outgoing: Buffer[] = [];
  #flight: readonly OutgoingRecord[] = [];
  #transcript: Buffer[] = [];
  #serverRandom: Buffer = Buffer.alloc(32);
  #profile: SrtpProfileId = 0x0007;
  #serverKey: KeyObject | undefined;
  #masterSecret: Buffer = Buffer.alloc(0);
  #opener: RecordCipher | undefined;
  #keys: SrtpKeys | undefined;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #retransmitMs = RETRANSMIT_FIRST_MS;
  /** Types of the ServerHello's extensions. */
  readonly answeredExtensions: number[] = [];
  /** Description of the last alert heard. */
  alert: number | undefined;

  constructor(options: DtlsClientOptions) {
    this.#options = options;
    this.#lies = options.lies ?? {};
    this.#ephemeral.generateKeys();
  }

  get phase(): Phase {
    return this.#phase;
  }

  get keys(): SrtpKeys | undefined {
    return this.#keys;
  }

  start(nowMs: number): void {
    this.#phase = "greeting";
    this.#sendHello(Buffer.alloc(0), 0, nowMs);
  }

  receive(datagram: Buffer, nowMs: number): void {
    for (const record of parseRecords(datagram).records) {
      const plain = record.epoch === 0 ? record.fragment : this.#opener?.open(record);
      if (!plain || this.#phase === "ended") continue;
      if (record.type === contentType.alert) this.#heardAlert(plain);
      if (record.type === contentType.handshake) this.#handshake(plain, nowMs);
    }
  }

  tick(nowMs: number): void {
    if (this.#phase !== "greeting" && this.#phase !== "authenticating") return;
    if (nowMs - this.#sentAtMs < this.#retransmitMs) return;
    this.#retransmitMs = Math.min(2 * this.#retransmitMs, this.#options.retransmitMsMax ?? RETRANSMIT_MS_MAX);
    this.#transmit(nowMs);
  }

  drain(): Buffer[] {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    return outgoing;
  }

  /** Queues a record of any kind, for saying what no client should. */
  say(record: OutgoingRecord): void {
    this.#outgoing.push(...this.#outbox.pack([record]));
  }

  #heardAlert(alert: Buffer): void {
    this.alert = alert[1];
    if (alert[0] === 2 || alert[1] === 0) this.#phase = "ended";
  }

  #handshake(fragments: Buffer, nowMs: number): void {
    let rest = fragments;
    while (rest.length > 0) {
      const { bytesRead } = this.#inbox.add(rest);
      rest = rest.subarray(bytesRead);
      for (let message = this.#inbox.take(); message; message = this.#inbox.take())
        this.#message(message, nowMs);
    }
  }

  #message(message: HandshakeMessage, nowMs: number): void {
    const reader = new ByteReader(message.body);
    if (message.type === handshakeType.helloVerifyRequest) {
      reader.uint16();
      return this.#sendHello(reader.vector(1), message.messageSequence + 1, nowMs);
    }
    if (message.type === handshakeType.finished) return this.#finished(message);
    this.#transcript.push(writeHandshake(message));
    if (message.type === handshakeType.serverHello) this.#serverHello(reader);
    if (message.type === handshakeType.certificate) this.#certificate(reader);
    if (message.type === handshakeType.serverKeyExchange) this.#keyExchange(reader);
    if (message.type === handshakeType.serverHelloDone) this.#prove(message.messageSequence - 3, nowMs);
  }

  #serverHello(reader: ByteReader): void {
    reader.uint16();
    this.#serverRandom = Buffer.from(reader.bytes(32));
    reader.vector(1);
    reader.bytes(3);
    const extensions = new ByteReader(reader.vector(2));
    while (extensions.remaining > 0) {
      const type = extensions.uint16();
      const data = new ByteReader(extensions.vector(2));
      this.answeredExtensions.push(type);
      if (type === extensionType.useSrtp)
        this.#profile = new ByteReader(data.vector(2)).uint16() as SrtpProfileId;
    }
  }

  #certificate(reader: ByteReader): void {
    const der = new ByteReader(reader.vector(3)).vector(3);
    if (sha256Fingerprint(der) !== this.#options.fingerprint) throw new Error("not the server of the SDP");
    this.#serverKey = new X509Certificate(der).publicKey;
  }

  #keyExchange(reader: ByteReader): void {
    const parameters = reader.bytes(3);
    const point = reader.vector(1);
    reader.uint16();
    const signed = Buffer.concat([this.#random, this.#serverRandom, parameters, vector(1, point)]);
    if (!this.#serverKey || !verify("sha256", signed, this.#serverKey, reader.vector(2)))
      throw new Error("the server doesn't have its certificate's key");
    this.#masterSecret = this.#ephemeral.computeSecret(point);
  }

  /** Certificate, ClientKeyExchange, CertificateVerify, Finished. */
  #prove(helloSequence: number, nowMs: number): void {
    const lies = this.#lies;
    const { identity } = this.#options;
    let messageSequence = helloSequence;
    const flight: OutgoingRecord[] = [];
    const say = (type: number, body: Buffer, epoch: 0 | 1 = 0) => {
      const fragment = writeHandshake({ type, messageSequence: messageSequence++, body });
      this.#transcript.push(fragment);
      flight.push({ type: contentType.handshake, epoch, fragment });
    };
    const der = lies.certificate ? lies.certificate.der : identity.certificate;
    say(handshakeType.certificate, vector(3, ...(der ? [vector(3, der)] : [])));
    say(handshakeType.clientKeyExchange, vector(1, this.#ephemeral.getPublicKey()));
    const transcript = Buffer.concat(this.#transcript);
    this.#masterSecret = extendedMasterSecret(this.#masterSecret, transcript);
    const honest = sign("sha256", transcript, lies.signingKey ?? identity.privateKey);
    const signature = lies.signature ? lies.signature(honest) : honest;
    if (!lies.withoutCertificateVerify)
      say(
        handshakeType.certificateVerify,
        Buffer.concat([uint16(ECDSA_SECP256R1_SHA256), vector(2, signature)]),
      );
    const randoms = { client: this.#random, server: this.#serverRandom };
    const keys = recordKeys(this.#masterSecret, randoms);
    this.#outbox.protect(new RecordCipher(keys.clientKey, keys.clientSalt));
    this.#opener = new RecordCipher(keys.serverKey, keys.serverSalt);
    const proof = verifyData(this.#masterSecret, "client finished", Buffer.concat(this.#transcript));
    flight.push({ type: contentType.changeCipherSpec, epoch: 0, fragment: Buffer.from([1]) });
    say(handshakeType.finished, lies.verifyData ? lies.verifyData(proof) : proof, lies.finishedEpoch ?? 1);
    this.#flight = flight;
    this.#phase = "authenticating";
    this.#retransmitMs = RETRANSMIT_FIRST_MS;
    this.#transmit(nowMs);
  }

  #finished(message: HandshakeMessage): void {
    const expected = verifyData(this.#masterSecret, "server finished", Buffer.concat(this.#transcript));
    if (!message.body.equals(expected)) throw new Error("the server's Finished is wrong");
    const randoms = { client: this.#random, server: this.#serverRandom };
    this.#keys = deriveSrtpKeys(this.#profile, this.#masterSecret, randoms, "client");
    this.#phase = "connected";
  }

  #sendHello(cookie: Buffer, messageSequence: number, nowMs: number): void {
    const body = writeClientHello(this.#random, cookie, this.#lies);
    const fragment = writeHandshake({ type: handshakeType.clientHello, messageSequence, body });
    this.#transcript = [fragment];
    this.#flight = [{ type: contentType.handshake, epoch: 0, fragment }];
    this.#transmit(nowMs);
  }

  #transmit(nowMs: number): void {
    this.#sentAtMs = nowMs;
    this.#outgoing.push(...this.#outbox.pack(this.#flight));
  }
}

export function writeClientHello(random: Buffer, cookie: Buffer, lies: DtlsLies = {}): Buffer {
  const profiles = lies.srtpProfiles ?? SRTP_PROFILE_IDS;
  return Buffer.concat([
    uint16(DTLS_1_2),
    random,
    vector(1),
    vector(1, cookie),
    vector(2, ...(lies.cipherSuites ?? [ECDHE_ECDSA_AES_128_GCM_SHA256]).map(uint16)),
    vector(1, Buffer.from([0])),
    vector(
      2,
      ...(lies.isTaciturn
        ? []
        : [
            extension(extensionType.supportedGroups, vector(2, uint16(SECP256R1))),
            extension(extensionType.ecPointFormats, vector(1, Buffer.from([0]))),
            extension(extensionType.renegotiationInfo, vector(1)),
          ]),
      extension(extensionType.signatureAlgorithms, vector(2, uint16(ECDSA_SECP256R1_SHA256))),
      extension(extensionType.useSrtp, vector(2, ...profiles.map(uint16)), vector(1)),
      ...(lies.withoutExtendedMasterSecret ? [] : [extension(extensionType.extendedMasterSecret)]),
    ),
  ]);
}

/** Bytes that can't be guessed, of the length of a hash: for tests that need a wrong one. */
export const wrongFingerprint = (): string =>
  sha256Fingerprint(createHash("sha256").update(randomBytes(8)).digest());
