/**
 * The DTLS 1.2 server of one peer (RFC 6347), sans-IO: datagrams and times go in, datagrams and a state come
 * out. werift exports none of the parts below its DtlsServer, and that one checks neither CertificateVerify
 * nor Finished and lets plaintext end or restart a session, so the state machine is ours; the cryptography is
 * OpenSSL's, through node:crypto. One suite, one curve, client certificate and extended master secret always.
 */
import { timingSafeEqual } from "node:crypto";
import type { DropReason } from "../drop-counters.ts";
import { ReplayWindow } from "../replay-window.ts";
import type { SrtpKeys } from "../srtp/srtp-session.ts";
import { parseClientHello } from "./client-hello.ts";
import { certifiedKey, verifyCertificateVerify } from "./client-proof.ts";
import { DtlsFailure, type DtlsFailureReason } from "./dtls-failure.ts";
import type { DtlsIdentity } from "./dtls-identity.ts";
import { contentType, DTLS_1_0, type DtlsRecord, parseRecords } from "./dtls-record.ts";
import { deriveSrtpKeys } from "./dtls-srtp-keys.ts";
import { FlightSender } from "./flight-sender.ts";
import { HandshakeInbox } from "./handshake-inbox.ts";
import { type HandshakeMessage, handshakeType, writeHandshake } from "./handshake-message.ts";
import { agree, beginSession, type HandshakeSession } from "./handshake-session.ts";
import { HelloCookie } from "./hello-cookie.ts";
import { extendedMasterSecret, recordKeys, verifyData } from "./key-schedule.ts";
import { RecordCipher } from "./record-cipher.ts";
import * as Flight from "./server-flight.ts";

/** Records that overtake the key exchange wait for it, so that a reordering costs no round trip. */
const EARLY_RECORDS_MAX = 4;
const CLOSE_NOTIFY = 0;

type State =
  | { phase: "greeting" }
  | { phase: "authenticating"; session: HandshakeSession }
  | { phase: "connected"; keys: SrtpKeys; opener: RecordCipher }
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
  readonly #sender = new FlightSender();
  readonly #replays = new ReplayWindow();
  #state: State = { phase: "greeting" };
  #early: DtlsRecord[] = [];
  /** Handshake messages as the peer and we both count them; empty again once connected. */
  #transcript: Buffer[] = [];

  constructor(options: DtlsServerOptions) {
    this.#options = options;
  }

  get phase(): State["phase"] {
    return this.#state.phase;
  }

  get keys(): SrtpKeys | undefined {
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

  /** Sends the flight again that the peer has not answered in time. */
  tick(nowMs: number): void {
    if (this.#state.phase === "authenticating") this.#sender.tick(nowMs);
  }

  /** Datagrams to send, in order; each is given once. */
  drain(): Buffer[] {
    return this.#sender.drain();
  }

  /** Says goodbye where there is somebody to say it to. */
  close(): void {
    if (this.#state.phase === "ended") return;
    if (this.#state.phase === "connected") this.#sender.alert(1, 1, CLOSE_NOTIFY);
    this.#end("closed");
  }

  #record(record: DtlsRecord, nowMs: number): void {
    const state = this.#state;
    if (state.phase === "ended") return this.#options.onDrop("dtls_after_end");
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
    this.#replays.accept(record.sequenceNumber);
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
      if (outcome === "repeated") this.#sender.repeat(nowMs);
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
        if (this.#state.phase !== "greeting" || this.#transcript.length > 0) return this.#fail(error);
        this.#inbox.reject();
        this.#options.onDrop("dtls_bad_hello");
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
      return this.#sender.send(
        [{ type: contentType.handshake, epoch: 0, version: DTLS_1_0, fragment }],
        nowMs,
      );
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
    this.#sender.send(
      messages.map((fragment) => ({ type: contentType.handshake, epoch: 0, fragment })),
      nowMs,
    );
  }

  #clientKeyExchange(session: HandshakeSession, message: HandshakeMessage, nowMs: number): void {
    if (!session.clientKey || session.masterSecret) throw new DtlsFailure("unexpected_message");
    const preMasterSecret = agree(session, message.body);
    this.#transcript.push(writeHandshake(message));
    session.masterSecret = extendedMasterSecret(preMasterSecret, Buffer.concat(this.#transcript));
    // RFC 5246 §8.1: it should not outlive what was made of it.
    preMasterSecret.fill(0);
    const keys = recordKeys(session.masterSecret, session.randoms);
    session.opener = new RecordCipher(keys.clientKey, keys.clientSalt);
    this.#sender.protect(new RecordCipher(keys.serverKey, keys.serverSalt));
    const early = this.#early;
    this.#early = [];
    // They wait in the inbox until CertificateVerify is there, too.
    for (const record of early) this.#protectedRecord(record, nowMs);
  }

  #finished(session: HandshakeSession, message: HandshakeMessage, nowMs: number): void {
    const { masterSecret, opener } = session;
    if (!session.proven || !masterSecret || !opener) throw new DtlsFailure("unexpected_message");
    const expected = verifyData(masterSecret, "client finished", Buffer.concat(this.#transcript));
    if (message.body.length !== expected.length || !timingSafeEqual(message.body, expected))
      throw new DtlsFailure("finished_invalid");
    this.#transcript.push(writeHandshake(message));
    const body = verifyData(masterSecret, "server finished", Buffer.concat(this.#transcript));
    const messageSequence = message.messageSequence + OUR_FIRST_FLIGHT - THEIR_MESSAGES_BEFORE_FINISHED;
    const fragment = writeHandshake({ type: handshakeType.finished, messageSequence, body });
    const keys = deriveSrtpKeys(session.profile, masterSecret, session.randoms, "server");
    masterSecret.fill(0);
    this.#state = { phase: "connected", opener, keys };
    this.#transcript = [];
    this.#sender.send(
      [
        { type: contentType.changeCipherSpec, epoch: 0, fragment: Buffer.from([1]) },
        { type: contentType.handshake, epoch: 1, fragment },
      ],
      nowMs,
    );
  }

  #fail(failure: DtlsFailure): void {
    // In the clear: until our Finished the peer has not been told to expect anything else.
    if (failure.alert !== undefined) this.#sender.alert(0, 2, failure.alert);
    this.#end(failure.reason);
  }

  #end(reason: DtlsFailureReason | "closed"): void {
    if (this.#state.phase === "authenticating") this.#state.session.masterSecret?.fill(0);
    this.#state = { phase: "ended", reason };
    this.#transcript = [];
    this.#early = [];
    this.#sender.end();
  }
}

/** ServerHello … ServerHelloDone, counted from the hello's number n: our Finished is n + 5. */
const OUR_FIRST_FLIGHT = 5;
/** Certificate, ClientKeyExchange, CertificateVerify follow the hello's number n: their Finished is n + 4. */
const THEIR_MESSAGES_BEFORE_FINISHED = 4;
