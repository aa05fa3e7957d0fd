/**
 * One client's media: the paths it was authenticated on, its DTLS handshake and its SRTP session. Packets come
 * from the gate, which has attributed them; the handshake goes out on the chosen path, voice on the proven one.
 */
import { walkNack } from "../core/nack-ring.ts";
import { writeSenderReports } from "../core/sender-report.ts";
import { TokenBucket } from "../core/token-bucket.ts";
import type { DropCounters } from "./drop-counters.ts";
import type { DtlsIdentity } from "./dtls/dtls-identity.ts";
import { DtlsServer } from "./dtls/dtls-server.ts";
import { createIceCredentials } from "./ice-credentials.ts";
import type { MediaTransportEvents } from "./media-transport.ts";
import type { Offer } from "./offer.ts";
import type { Path } from "./path.ts";
import { PathSelection } from "./path-selection.ts";
import type { PeerEnding } from "./peer-ending.ts";
import { looksLikeRtcp, walkRtcp } from "./rtp/rtcp-packet.ts";
import { RtpReceiver, receivedPacket } from "./rtp/rtp-receiver.ts";
import { srtpDropReason } from "./srtp/drop-reason.ts";
import { SESSION_BYTES } from "./srtp/memory-layout.ts";
import { allocate, release } from "./srtp/srtp-kernel.ts";
import { SrtpSession } from "./srtp/srtp-session.ts";
import type { BindingRequest } from "./stun/binding-request.ts";
import { isSignedAnswer, writeConsentRequest } from "./stun/consent.ts";
import { type SentCount, type VoiceFormat, VoiceSender } from "./voice-sender.ts";

/**
 * Bounds the work that one client can cause before any of it is authenticated, whatever its paths are. It is far above
 * what a client sends, so that whoever forges a client's address must send as much to silence it.
 */
const PACKETS_PER_SECOND = 5_000;
/** Voice is 50 packets a second, 400 at the shortest Opus frames; each is sent on to many. */
const VOICE_PACKETS_PER_SECOND = 500;
/** Reports come each second or so, requests to repeat a packet as often as one is lost. */
const RTCP_PACKETS_PER_SECOND = 100;
/** After the handshake there is only a repeated Finished, and a goodbye. */
const LATE_DTLS_PACKETS_PER_SECOND = 50;

/** RFC 4585 §6.2: transport-layer feedback, of which 1 is the generic NACK. */
const TRANSPORT_FEEDBACK = 205;
const GENERIC_NACK = 1;

/** As the answer names our streams. */
const REPORT_CNAME = Buffer.from("parley");
const REPORT_OVERHEAD_BYTES_MAX = 32;
const plainReportBytes = Buffer.alloc(1_400);
const plainReports = new DataView(
  plainReportBytes.buffer,
  plainReportBytes.byteOffset,
  plainReportBytes.length,
);

/** Room for one opened packet: it is read before the next one comes. */
const opened = Buffer.alloc(2_048);

export interface PeerOptions {
  offer: Offer;
  identity: DtlsIdentity;
  drops: DropCounters;
  /** Counts its voices' packets. */
  sent: SentCount;
  events: MediaTransportEvents;
  /** The voices that the client receives: their SSRCs and what their m-lines agreed. */
  voices: readonly VoiceFormat[];
  nowMs: number;
  onConnected(): void;
  /** The client closed the session, or its handshake failed. */
  onEnded(reason: PeerEnding): void;
}

export class Peer {
  readonly credentials = createIceCredentials();
  readonly remoteUfrag: string;
  readonly #options: PeerOptions;
  readonly #drops: DropCounters;
  readonly #dtls: DtlsServer;
  readonly #receiver: RtpReceiver;
  readonly #bucket: TokenBucket;
  readonly #voiceBucket: TokenBucket;
  readonly #rtcpBucket: TokenBucket;
  readonly #lateDtlsBucket: TokenBucket;
  readonly #paths: PathSelection;
  /** What it hears. */
  readonly voices: readonly VoiceSender[];
  /** For the keys: taken before the answer, so that who was answered also gets in. The session's once it is there. */
  readonly #keySpace = allocate(SESSION_BYTES);
  #srtp: SrtpSession | undefined;
  #checkedAtMs: number;
  #closed = false;

  /** Throws AppError `node_full` where there is no space for its keys. */
  constructor(options: PeerOptions) {
    this.#options = options;
    this.#drops = options.drops;
    this.remoteUfrag = options.offer.iceUfrag;
    this.#checkedAtMs = options.nowMs;
    const bucket = (perSecond: number) => new TokenBucket(perSecond, perSecond, options.nowMs);
    this.#bucket = bucket(PACKETS_PER_SECOND);
    this.#voiceBucket = bucket(VOICE_PACKETS_PER_SECOND);
    this.#rtcpBucket = bucket(RTCP_PACKETS_PER_SECOND);
    this.#lateDtlsBucket = bucket(LATE_DTLS_PACKETS_PER_SECOND);
    this.voices = options.voices.map((format) => new VoiceSender(format, options.sent, options.drops));
    this.#paths = new PathSelection({
      onAsk: (path, transactionId) =>
        this.#sendOnTrust(path, writeConsentRequest(transactionId, this.#consent)),
      onEvicted: () => this.#drops.count("path_evicted"),
      onProven: (path) => {
        for (const voice of this.voices) voice.path = path;
      },
    });
    this.#receiver = new RtpReceiver(options.offer, options.drops, options.events.onPacket);
    this.#dtls = new DtlsServer({
      identity: options.identity,
      fingerprint: options.offer.fingerprint,
      onDrop: (reason) => this.#drops.count(reason),
    });
  }

  get connected(): boolean {
    return this.#srtp !== undefined;
  }

  /** Keys are agreed and there is a path for voice: nothing more has to be repeated. */
  get isSettled(): boolean {
    return this.connected && this.#paths.proven !== undefined;
  }

  /** When this client last proved that it is there and wants our packets (RFC 7675). */
  get checkedAtMs(): number {
    return this.#checkedAtMs;
  }

  /** Has this client a packet of any kind to its credit? Takes it. */
  admits(nowMs: number): boolean {
    return this.#bucket.take(nowMs);
  }

  /** An authenticated check came on a path. */
  checked(path: Path, { priority, useCandidate }: BindingRequest, nowMs: number): void {
    this.#checkedAtMs = nowMs;
    this.#paths.checked(path, priority, useCandidate, nowMs);
  }

  /** A Binding response came on a path. False where it answers nothing that was asked there. */
  answered(packet: Buffer, transactionId: Buffer, path: Path): boolean {
    if (!this.#paths.expects(path, transactionId) || !isSignedAnswer(packet, this.#consent.password))
      return false;
    this.#paths.proved(path);
    return true;
  }

  /** Now and then: paths that are no longer checked lose their voice, one that isn't proven is asked again. */
  keepPaths(nowMs: number, consentMsMax: number): void {
    this.#paths.expire(nowMs, consentMsMax);
    this.#paths.ask();
  }

  /** The network took a path away. */
  pathLost(path: Path): void {
    this.#paths.lost(path);
  }

  receiveDtls(packet: Buffer, nowMs: number): void {
    if (this.connected && !this.#lateDtlsBucket.take(nowMs)) return this.#drops.count("rate_limited");
    this.#dtls.receive(packet, nowMs);
    this.#afterDtls();
  }

  /** Repeats what a handshake lost. */
  tick(nowMs: number): void {
    if (this.#closed) return;
    if (this.connected) return this.#paths.ask();
    this.#dtls.tick(nowMs);
    this.#afterDtls();
  }

  receiveRtp(packet: Buffer, nowMs: number): void {
    if (!this.#srtp) return this.#drops.count("rtp_before_keys");
    // Before the cipher runs: a header that lies, or a stream that was never announced, costs next to nothing.
    const headerBytes = this.#receiver.admit(packet);
    if (headerBytes < 0) return;
    const bytes = this.#srtp.openReceivedRtp(packet, headerBytes);
    if (bytes < 0) return this.#drops.count(srtpDropReason(bytes));
    if (!this.#voiceBucket.take(nowMs)) return this.#drops.count("rate_limited");
    this.#receiver.receive(receivedPacket, headerBytes, bytes);
  }

  receiveRtcp(packet: Buffer, nowMs: number): void {
    if (!this.#srtp) return this.#drops.count("rtcp_before_keys");
    if (!looksLikeRtcp(packet)) return this.#drops.count("rtcp_malformed");
    const bytes = this.#srtp.openRtcp(packet, opened);
    if (bytes < 0) return this.#drops.count(srtpDropReason(bytes));
    // Afterwards, so that nobody's forgeries use up what the client may say.
    if (!this.#rtcpBucket.take(nowMs)) return this.#drops.count("rate_limited");
    if (!walkRtcp(opened, bytes, this.#heardRtcp)) this.#drops.count("rtcp_malformed");
  }

  /** Reports the voices that were heard since the last report (RFC 3550 §6.4.1). */
  sendReports(nowMs: number, wallClockMs: number): void {
    if (!this.#srtp || !this.#paths.proven) return;
    const heard = this.voices.filter((voice) => voice.packets > voice.reportedPackets);
    if (heard.length === 0) return;
    const bytes = writeSenderReports(plainReports, heard, REPORT_CNAME, nowMs, wallClockMs);
    const sealed = Buffer.alloc(bytes + REPORT_OVERHEAD_BYTES_MAX);
    const sealedBytes = this.#srtp.sealRtcp(plainReportBytes.subarray(0, bytes), sealed);
    if (sealedBytes > 0) this.#paths.proven.send(sealed.subarray(0, sealedBytes));
    for (const voice of heard) voice.reportedPackets = voice.packets;
  }

  /** Receiver reports are for nobody here: each link stands for itself. Only generic NACKs are answered. */
  readonly #heardRtcp = (type: number, count: number, start: number, end: number): void => {
    if (type !== TRANSPORT_FEEDBACK || count !== GENERIC_NACK || end - start < 8) return;
    const ssrc = opened.readUInt32BE(start + 4);
    const voice = this.voices.find((each) => each.ssrc === ssrc);
    if (voice) walkNack(opened, start + 8, end, (sequence) => this.#sendAgain(voice, sequence));
  };

  #sendAgain(voice: VoiceSender, sequenceNumber: number): void {
    const packet = voice.findAgain(sequenceNumber);
    if (!packet) return;
    if (!this.#paths.proven) return this.#drops.count("voice_without_path");
    this.#paths.proven.send(packet);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dtls.close();
    this.#sendDtls();
    if (this.#srtp) this.#srtp.close();
    else release(this.#keySpace, SESSION_BYTES);
    this.#srtp = undefined;
    this.#paths.close();
    for (const voice of this.voices) voice.close();
  }

  #afterDtls(): void {
    this.#sendDtls();
    if (this.#closed) return;
    const { keys, endedBecause } = this.#dtls;
    if (keys && !this.#srtp) {
      this.#srtp = new SrtpSession(keys, this.#keySpace);
      for (const voice of this.voices) voice.open(this.#srtp);
      // The session derived its own, in memory that it wipes. Never re-keyed, it needs the master keys no more.
      for (const secret of [keys.localKey, keys.localSalt, keys.remoteKey, keys.remoteSalt]) secret.fill(0);
      this.#options.onConnected();
    }
    if (endedBecause !== undefined) this.#options.onEnded(endedBecause);
  }

  #sendDtls(): void {
    const path = this.#paths.chosen;
    for (const datagram of this.#dtls.drain()) if (path) this.#sendOnTrust(path, datagram);
  }

  #sendOnTrust(path: Path, packet: Uint8Array): void {
    if (!path.sendOnTrust(packet)) this.#drops.count("path_unproven");
  }

  get #consent() {
    const { iceUfrag: remote, icePassword: password } = this.#options.offer;
    return { local: this.credentials.ufrag, remote, password };
  }
}
