/**
 * The DTLS 1.2 server of one peer (RFC 6347), sans-IO: datagrams and times go in, datagrams and a state come
 * out. werift exports none of the parts below its DtlsServer, and that one checks neither CertificateVerify
 * nor Finished and lets plaintext end or restart a session, so the state machine is ours; the cryptography is
 * OpenSSL's, through node:crypto. One suite, one curve, client certificate and extended master secret always.
 */
import { createECDH, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import type { DropReason } from "../drop-counters.ts";
import { ByteReader } from "./byte-reader.ts";
import { type ClientHello, chooseSrtpProfile, parseClientHello, type SrtpProfileId } from "./client-hello.ts";
import { certifiedKey, verifyCertificateVerify } from "./client-proof.ts";
import { DtlsFailure, type DtlsFailureReason } from "./dtls-failure.ts";
import type { DtlsIdentity } from "./dtls-identity.ts";
import { contentType, DTLS_1_0, type DtlsRecord, parseRecords } from "./dtls-record.ts";
import { HandshakeInbox } from "./handshake-inbox.ts";
import { type HandshakeMessage, handshakeType, writeHandshake } from "./handshake-message.ts";
import { HelloCookie } from "./hello-cookie.ts";
import {
  extendedMasterSecret,
  recordKeys,
  type SessionRandoms,
  srtpKeyMaterial,
  verifyData,
} from "./key-schedule.ts";
import { RecordCipher } from "./record-cipher.ts";
import { type OutgoingRecord, RecordOutbox } from "./record-outbox.ts";
import { ReplayWindow } from "./replay-window.ts";
import * as Flight from "./server-flight.ts";

/** RFC 6347 §4.2.4.1 starts at 1 s; a person who wants to talk doesn't, and a flight is one small datagram. */
const RETRANSMIT_FIRST_MS = 100;
const RETRANSMIT_MS_MAX = 400;
/** A repeated message of the peer has our last flight sent again, at most this often. */
const REPEAT_MS_MIN = 40;
/** Records that overtake the key exchange wait for it, so that a reordering costs no round trip. */
const EARLY_RECORDS_MAX = 4;
const CLOSE_NOTIFY = 0;

const lengthsOf = (profile: SrtpProfileId) =>
  profile === 0x0007 ? { key: 16, salt: 12 } : { key: 16, salt: 14 };

/** What SRTP starts from, seen from the node. */
export interface DtlsSrtpKeys {
  profile: SrtpProfileId;
  localKey: Buffer;
  localSalt: Buffer;
  remoteKey: Buffer;
  remoteSalt: Buffer;
}

interface Session {
  randoms: SessionRandoms;
  profile: SrtpProfileId;
  ephemeral: ReturnType<typeof createECDH>;
  clientKey: KeyObject | undefined;
  masterSecret: Buffer | undefined;
  opener: RecordCipher | undefined;
  proven: boolean;
}

type State =
  | { phase: "greeting" }
  | { phase: "authenticating"; session: Session }
  | { phase: "connected"; keys: DtlsSrtpKeys; opener: RecordCipher }
  | { phase: "ended"; reason: DtlsFailureReason | "closed" };

export interface DtlsServerOptions {
  identity: DtlsIdentity;
  /** SHA-256 of the client's certificate, from its SDP. */
  fingerprint: string;
  onDrop(reason: DropReason): void;
}

export class DtlsServer {
  readonly #options: DtlsServerOptions;
  readonly #cookie = new HelloCookie();
  readonly #inbox = new HandshakeInbox();
  readonly #outbox = new RecordOutbox();
  readonly #replays = new ReplayWindow();
  #state: State = { phase: "greeting" };
  #outgoing: Buffer[] = [];
  #early: DtlsRecord[] = [];
  /** Handshake messages as the peer and we both count them; empty again once connected. */
  #transcript: Buffer[] = [];
  #flight: readonly OutgoingRecord[] = [];
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #retransmitMs = RETRANSMIT_FIRST_MS;

  constructor(options: DtlsServerOptions) {
    this.#options = options;
  }

  get phase(): State["phase"] {
    return this.#state.phase;
  }

  get keys(): DtlsSrtpKeys | undefined {
    return this.#state.phase === "connected" ? this.#state.keys : undefined;
  }

  /** Why it ended; undefined before. */
  get endedBecause(): DtlsFailureReason | "closed" | undefined {
    return this.#state.phase === "ended" ? this.#state.reason : undefined;
  }

  /** A datagram from a path that has proved the ICE password. */
  receive(datagram: Buffer, nowMs: number): void {
    const { records, malformed } = parseRecords(datagram);
    for (const record of records) this.#record(record, nowMs);
    if (malformed) this.#options.onDrop("dtls_malformed");
  }

  /** Sends the flight again that the peer has not answered in time (RFC 6347 §4.2.4). */
  tick(nowMs: number): void {
    if (this.#state.phase !== "authenticating" || nowMs - this.#sentAtMs < this.#retransmitMs) return;
    this.#retransmitMs = Math.min(this.#retransmitMs * 2, RETRANSMIT_MS_MAX);
    this.#transmit(nowMs);
  }

  /** Datagrams to send, in order; each is given once. */
  drain(): Buffer[] {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    return outgoing;
  }

  /** Says goodbye where there is somebody to say it to. */
  close(): void {
    if (this.#state.phase === "ended") return;
    if (this.#state.phase === "connected") this.#outgoing.push(...this.#outbox.alert(1, 1, CLOSE_NOTIFY));
    this.#end("closed");
  }

  #record(record: DtlsRecord, nowMs: number): void {
    const state = this.#state;
    if (state.phase === "ended") return;
    if (record.epoch === 1) return this.#protectedRecord(record, nowMs);
    // ChangeCipherSpec says what the epoch of a record says again; taking it at its word opens attacks.
    if (record.epoch === 0 && record.type === contentType.changeCipherSpec && state.phase !== "connected")
      return;
    // In the clear anybody could have written an alert, and after the handshake there is nothing to say.
    if (record.epoch !== 0 || record.type !== contentType.handshake || state.phase === "connected")
      return this.#options.onDrop("dtls_unexpected");
    this.#handshake(record.fragment, 0, nowMs);
  }

  #protectedRecord(record: DtlsRecord, nowMs: number): void {
    const opener =
      this.#state.phase === "connected"
        ? this.#state.opener
        : this.#state.phase === "authenticating"
          ? this.#state.session.opener
          : undefined;
    if (!opener) {
      if (this.#state.phase !== "authenticating" || this.#early.length === EARLY_RECORDS_MAX)
        return this.#options.onDrop("dtls_unexpected");
      this.#early.push({ ...record, fragment: Buffer.from(record.fragment) });
      return;
    }
    if (!this.#replays.isFresh(record.sequenceNumber)) return this.#options.onDrop("dtls_replayed");
    const plain = opener.open(record);
    if (!plain) return this.#options.onDrop("dtls_bad_tag");
    this.#replays.mark(record.sequenceNumber);
    if (record.type === contentType.handshake) return this.#handshake(plain, 1, nowMs);
    if (record.type === contentType.alert) return this.#alert(plain);
    this.#options.onDrop("dtls_unexpected");
  }

  /** Warnings other than close_notify mean nothing here (RFC 5246 §7.2). */
  #alert(alert: Buffer): void {
    const [level, description] = alert;
    if (alert.length !== 2) return this.#options.onDrop("dtls_malformed");
    if (description === CLOSE_NOTIFY) this.#end("closed");
    else if (level === 2) this.#end("alerted");
  }

  #handshake(fragments: Buffer, epoch: 0 | 1, nowMs: number): void {
    let rest = fragments;
    while (rest.length > 0 && this.#state.phase !== "ended") {
      // Finished counts only under the new keys, and nothing else is ever said under them.
      if ((rest[0] === handshakeType.finished) !== (epoch === 1))
        return this.#options.onDrop("dtls_unexpected");
      const { outcome, bytesRead } = this.#inbox.add(rest);
      rest = rest.subarray(bytesRead);
      if (outcome === "malformed") this.#options.onDrop("dtls_malformed");
      if (outcome === "unexpected") this.#options.onDrop("dtls_unexpected");
      if (outcome === "repeated" && nowMs - this.#sentAtMs >= REPEAT_MS_MIN) this.#transmit(nowMs);
      if (outcome === "accepted") this.#takeMessages(nowMs);
    }
  }

  #takeMessages(nowMs: number): void {
    for (let message = this.#inbox.take(); message; message = this.#inbox.take()) {
      try {
        this.#message(message, nowMs);
      } catch (error) {
        if (!(error instanceof DtlsFailure)) throw error;
        // Before a good cookie nothing has begun that could fail.
        if (this.#state.phase === "greeting" && this.#transcript.length === 0)
          this.#options.onDrop("dtls_bad_hello");
        else return this.#fail(error);
      }
    }
  }

  #message(message: HandshakeMessage, nowMs: number): void {
    if (this.#state.phase === "greeting") return this.#clientHello(message, nowMs);
    if (this.#state.phase !== "authenticating") return this.#options.onDrop("dtls_unexpected");
    const { session } = this.#state;
    switch (message.type) {
      case handshakeType.certificate:
        if (session.clientKey) throw new DtlsFailure("unexpected_message");
        session.clientKey = certifiedKey(message.body, this.#options.fingerprint);
        break;
      case handshakeType.clientKeyExchange:
        return this.#clientKeyExchange(session, message, nowMs);
      case handshakeType.certificateVerify:
        if (!session.clientKey || !session.masterSecret || session.proven)
          throw new DtlsFailure("unexpected_message");
        verifyCertificateVerify(message.body, Buffer.concat(this.#transcript), session.clientKey);
        session.proven = true;
        break;
      case handshakeType.finished:
        return this.#finished(session, message, nowMs);
      default:
        throw new DtlsFailure("unexpected_message");
    }
    this.#transcript.push(writeHandshake(message));
  }

  #clientHello(message: HandshakeMessage, nowMs: number): void {
    if (message.type !== handshakeType.clientHello) return this.#options.onDrop("dtls_unexpected");
    const hello = parseClientHello(message.body);
    const { messageSequence } = message;
    if (!this.#cookie.isGood(hello)) {
      // To a client that has had its request a second one is a violation; and this cookie is not of its first.
      if (hello.cookie.length > 0) throw new DtlsFailure("malformed");
      const body = Flight.helloVerifyRequest(this.#cookie.for(hello));
      const type = handshakeType.helloVerifyRequest;
      const fragment = writeHandshake({ type, messageSequence, body });
      this.#flight = [{ type: contentType.handshake, epoch: 0, version: DTLS_1_0, fragment }];
      return this.#transmit(nowMs);
    }
    this.#transcript = [writeHandshake(message)];
    const session = beginSession(hello);
    const bodies: [number, Buffer][] = [
      [handshakeType.serverHello, Flight.serverHello(hello, session.randoms.server, session.profile)],
      [handshakeType.certificate, Flight.certificate(this.#options.identity)],
      [
        handshakeType.serverKeyExchange,
        Flight.serverKeyExchange(session.ephemeral.getPublicKey(), session.randoms, this.#options.identity),
      ],
      [handshakeType.certificateRequest, Flight.certificateRequest()],
      [handshakeType.serverHelloDone, Buffer.alloc(0)],
    ];
    // §4.2.2: the ServerHello's number follows the HelloVerifyRequest's, which had the first hello's.
    const messages = bodies.map(([type, body], index) =>
      writeHandshake({ type, messageSequence: messageSequence + index, body }),
    );
    this.#transcript.push(...messages);
    this.#state = { phase: "authenticating", session };
    this.#flight = messages.map((fragment) => ({ type: contentType.handshake, epoch: 0, fragment }));
    this.#transmit(nowMs);
  }

  #clientKeyExchange(session: Session, message: HandshakeMessage, nowMs: number): void {
    if (!session.clientKey || session.masterSecret) throw new DtlsFailure("unexpected_message");
    const preMasterSecret = agree(session.ephemeral, message.body);
    this.#transcript.push(writeHandshake(message));
    session.masterSecret = extendedMasterSecret(preMasterSecret, Buffer.concat(this.#transcript));
    const keys = recordKeys(session.masterSecret, session.randoms);
    session.opener = new RecordCipher(keys.clientKey, keys.clientSalt);
    this.#outbox.protect(new RecordCipher(keys.serverKey, keys.serverSalt));
    const early = this.#early;
    this.#early = [];
    // They wait in the inbox until CertificateVerify is there, too.
    for (const record of early) this.#protectedRecord(record, nowMs);
  }

  #finished(session: Session, message: HandshakeMessage, nowMs: number): void {
    const { masterSecret, opener } = session;
    if (!session.proven || !masterSecret || !opener) throw new DtlsFailure("unexpected_message");
    const expected = verifyData(masterSecret, "client finished", Buffer.concat(this.#transcript));
    if (message.body.length !== expected.length || !timingSafeEqual(message.body, expected))
      throw new DtlsFailure("finished_invalid");
    this.#transcript.push(writeHandshake(message));
    const body = verifyData(masterSecret, "server finished", Buffer.concat(this.#transcript));
    const messageSequence = message.messageSequence + OUR_FIRST_FLIGHT - THEIR_MESSAGES_BEFORE_FINISHED;
    const fragment = writeHandshake({ type: handshakeType.finished, messageSequence, body });
    this.#flight = [
      { type: contentType.changeCipherSpec, epoch: 0, fragment: Buffer.from([1]) },
      { type: contentType.handshake, epoch: 1, fragment },
    ];
    this.#state = { phase: "connected", opener, keys: srtpKeysOf(session, masterSecret) };
    this.#transcript = [];
    this.#transmit(nowMs);
  }

  #transmit(nowMs: number): void {
    this.#sentAtMs = nowMs;
    this.#outgoing.push(...this.#outbox.pack(this.#flight));
  }

  #fail(failure: DtlsFailure): void {
    // In the clear: until our Finished the peer has not been told to expect anything else.
    if (failure.alert !== undefined) this.#outgoing.push(...this.#outbox.alert(0, 2, failure.alert));
    this.#end(failure.reason);
  }

  #end(reason: DtlsFailureReason | "closed"): void {
    this.#state = { phase: "ended", reason };
    this.#transcript = [];
    this.#early = [];
    this.#flight = [];
  }
}

/** ServerHello … ServerHelloDone, counted from the hello's number n: our Finished is n + 5. */
const OUR_FIRST_FLIGHT = 5;
/** Certificate, ClientKeyExchange, CertificateVerify follow the hello's number n: their Finished is n + 4. */
const THEIR_MESSAGES_BEFORE_FINISHED = 4;

function beginSession(hello: ClientHello): Session {
  const profile = chooseSrtpProfile(hello);
  const ephemeral = createECDH("prime256v1");
  ephemeral.generateKeys();
  return {
    randoms: { client: Buffer.from(hello.random), server: randomBytes(32) },
    profile,
    ephemeral,
    clientKey: undefined,
    masterSecret: undefined,
    opener: undefined,
    proven: false,
  };
}

/** RFC 8422 §5.7: the client's point, which OpenSSL checks to be on the curve. */
function agree(ephemeral: ReturnType<typeof createECDH>, body: Buffer): Buffer {
  const reader = new ByteReader(body);
  const point = reader.vector(1);
  reader.end();
  try {
    return ephemeral.computeSecret(point);
  } catch {
    throw new DtlsFailure("key_exchange_invalid");
  }
}

function srtpKeysOf({ profile, randoms }: Session, masterSecret: Buffer): DtlsSrtpKeys {
  const material = srtpKeyMaterial(masterSecret, randoms, lengthsOf(profile));
  return {
    profile,
    localKey: material.serverKey,
    localSalt: material.serverSalt,
    remoteKey: material.clientKey,
    remoteSalt: material.clientSalt,
  };
}
