/**
 * One client's media: the paths it was authenticated on, its DTLS handshake and its SRTP session. Packets come
 * from the gate, which has attributed them; what goes out goes to the selected path.
 */

import assert from "node:assert/strict";
import type { ForwardedPacket } from "../core/media-packet.ts";
import { walkNack } from "../core/nack-ring.ts";
import { writeSenderReports } from "../core/sender-report.ts";
import { TokenBucket } from "../core/token-bucket.ts";
import type { DropCounters, DropReason } from "./drop-counters.ts";
import type { DtlsIdentity } from "./dtls/dtls-identity.ts";
import { DtlsServer } from "./dtls/dtls-server.ts";
import { createIceCredentials } from "./ice-credentials.ts";
import type { MediaTransportEvents } from "./media-transport.ts";
import type { Offer } from "./offer.ts";
import type { Path } from "./path.ts";
import { looksLikeRtcp, walkRtcp } from "./rtp/rtcp-packet.ts";
import { RtpReceiver, receivedPacket } from "./rtp/rtp-receiver.ts";
import type { SealedSlots } from "./sealed-slots.ts";
import { srtpDropNames } from "./srtp/drop-reason.ts";
import { SrtpSession } from "./srtp/srtp-session.ts";
import { type VoiceFormat, VoiceSender } from "./voice-sender.ts";

/** A client checks a few addresses of ours from a few of its own. */
const PATHS_MAX = 8;
/** A selected path that was silent this long gives way to another that is alive, nominated or not. */
const PATH_STALE_MS = 6_000;

/** Voice is 50 packets a second, 400 at the shortest Opus frames; each is sent on to many. */
const VOICE_PACKETS_PER_SECOND = 500;

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
  events: MediaTransportEvents;
  /** The voices that the client receives: their SSRCs and what their m-lines agreed. */
  voices: readonly (VoiceFormat & { ssrc: number })[];
  nowMs: number;
  onConnected(): void;
  /** The client closed the session, or its handshake failed. */
  onEnded(reason: string): void;
}

export class Peer {
  readonly credentials = createIceCredentials();
  readonly remoteUfrag: string;
  readonly #options: PeerOptions;
  readonly #drops: DropCounters;
  readonly #dtls: DtlsServer;
  readonly #receiver: RtpReceiver;
  readonly #voices: VoiceSender[] = [];
  readonly #voiceBucket: TokenBucket;
  readonly #paths = new Set<Path>();
  #selected: Path | undefined;
  #srtp: SrtpSession | undefined;
  #checkedAtMs: number;
  #closed = false;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#drops = options.drops;
    this.remoteUfrag = options.offer.iceUfrag;
    this.#checkedAtMs = options.nowMs;
    this.#voiceBucket = new TokenBucket(VOICE_PACKETS_PER_SECOND, VOICE_PACKETS_PER_SECOND, options.nowMs);
    this.#receiver = new RtpReceiver(options.offer, options.drops, (packet) =>
      options.events.onPacket(packet),
    );
    this.#dtls = new DtlsServer({
      identity: options.identity,
      fingerprint: options.offer.fingerprint,
      onDrop: (reason) => this.#drops.count(reason),
    });
  }

  get connected(): boolean {
    return this.#srtp !== undefined;
  }

  /** Where packets go to now; undefined before the first check. */
  get selected(): Path | undefined {
    return this.#selected;
  }

  /** When this client last proved that it is there and wants our packets (RFC 7675). */
  get checkedAtMs(): number {
    return this.#checkedAtMs;
  }

  /** An authenticated check came on a path. The nominated path is where packets go (RFC 8445 §8.1.1). */
  checked(path: Path, nominated: boolean, nowMs: number): void {
    path.checkedAtMs = nowMs;
    this.#checkedAtMs = nowMs;
    if (!this.#paths.has(path)) this.#addPath(path);
    const selectedIsStale = !this.#selected || nowMs - this.#selected.checkedAtMs > PATH_STALE_MS;
    if (nominated || selectedIsStale) this.#selected = path;
  }

  /** The network took a path away. */
  pathLost(path: Path): void {
    this.#paths.delete(path);
    if (this.#selected === path) this.#selected = this.#livestPath();
  }

  receiveDtls(packet: Buffer, path: Path, nowMs: number): void {
    this.#dtls.receive(packet, path.tuple, nowMs);
    this.#afterDtls();
  }

  /** Repeats what a handshake lost. */
  tick(nowMs: number): void {
    if (this.connected || this.#closed) return;
    this.#dtls.tick(nowMs);
    this.#afterDtls();
  }

  receiveRtp(packet: Buffer, nowMs: number): void {
    if (!this.#srtp) return this.#drops.count("rtp_before_keys");
    // Before the cipher runs: a header that lies, or a stream that was never announced, costs next to nothing.
    if (!this.#receiver.admits(packet)) return;
    const bytes = this.#srtp.openReceivedRtp(packet);
    if (bytes < 0) return this.#countSrtp(bytes);
    if (!this.#voiceBucket.take(nowMs)) return this.#drops.count("rate_limited");
    this.#receiver.receive(receivedPacket, bytes);
  }

  receiveRtcp(packet: Buffer): void {
    if (!this.#srtp) return this.#drops.count("rtcp_before_keys");
    if (!looksLikeRtcp(packet)) return this.#drops.count("rtcp_malformed");
    const bytes = this.#srtp.openRtcp(packet, opened);
    if (bytes < 0) return this.#countSrtp(bytes);
    if (!walkRtcp(opened, bytes, this.#heardRtcp)) this.#drops.count("rtcp_malformed");
  }

  /** Reports the voices that were heard since the last report (RFC 3550 §6.4.1). */
  sendReports(nowMs: number, wallClockMs: number): void {
    if (!this.#srtp || !this.#selected) return;
    const heard = this.#voices.filter((voice) => voice && voice.packets > voice.reportedPackets);
    if (heard.length === 0) return;
    const bytes = writeSenderReports(plainReports, heard, REPORT_CNAME, nowMs, wallClockMs);
    const sealed = Buffer.alloc(bytes + REPORT_OVERHEAD_BYTES_MAX);
    const sealedBytes = this.#srtp.sealRtcp(plainReportBytes.subarray(0, bytes), sealed);
    if (sealedBytes > 0) this.#selected.send(sealed.subarray(0, sealedBytes));
    for (const voice of heard) voice.reportedPackets = voice.packets;
  }

  /** Seals a packet into a slot and sends it. False where nobody is there to send to, or it can't be sealed. */
  sendVoice(voice: number, packet: ForwardedPacket, slots: SealedSlots, slot: number): boolean {
    if (!this.#srtp || !this.#selected) return false;
    const bytes = this.#voiceSender(this.#srtp, voice).seal(packet, slot);
    if (bytes < 0) {
      this.#countSrtp(bytes);
      return false;
    }
    this.#selected.sendSealed(slots.view(slot, bytes));
    return true;
  }

  /** Receiver reports are for nobody here: each link stands for itself. Only generic NACKs are answered. */
  readonly #heardRtcp = (type: number, count: number, start: number, end: number): void => {
    if (type !== TRANSPORT_FEEDBACK || count !== GENERIC_NACK || end - start < 8) return;
    const ssrc = opened.readUInt32BE(start + 4);
    const voice = this.#voices.find((each) => each?.ssrc === ssrc);
    if (voice) walkNack(opened, start + 8, end, (sequence) => this.#sendAgain(voice, sequence));
  };

  #sendAgain(voice: VoiceSender, sequenceNumber: number): void {
    const packet = voice.findAgain(sequenceNumber);
    if (packet) this.#selected?.send(packet);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dtls.close();
    this.#sendDtls();
    this.#srtp?.close();
    this.#srtp = undefined;
    for (const path of [...this.#paths]) path.close();
    this.#paths.clear();
    this.#selected = undefined;
  }

  #voiceSender(srtp: SrtpSession, voice: number): VoiceSender {
    const known = this.#voices[voice];
    if (known) return known;
    const format = this.#options.voices[voice];
    assert(format, "a room sends only voices that were agreed");
    const sender = new VoiceSender(srtp.sealer(format.ssrc), format);
    this.#voices[voice] = sender;
    return sender;
  }

  #afterDtls(): void {
    this.#sendDtls();
    if (this.#closed) return;
    const { keys, endedBecause } = this.#dtls;
    if (keys && !this.#srtp) {
      this.#srtp = new SrtpSession(keys);
      this.#options.onConnected();
    }
    if (endedBecause !== undefined) this.#options.onEnded(endedBecause);
  }

  #sendDtls(): void {
    for (const datagram of this.#dtls.drain()) this.#selected?.send(datagram);
  }

  #addPath(path: Path): void {
    if (this.#paths.size === PATHS_MAX) this.#livestPath(-1)?.close();
    this.#paths.add(path);
  }

  /** The path checked last, or with −1 the one checked longest ago; never the selected one then. */
  #livestPath(order: 1 | -1 = 1): Path | undefined {
    const candidates = [...this.#paths].filter((path) => order === 1 || path !== this.#selected);
    return candidates.sort((a, b) => order * (b.checkedAtMs - a.checkedAtMs))[0];
  }

  #countSrtp(bytes: number): void {
    this.#drops.count((srtpDropNames.get(bytes) ?? "srtp_malformed") as DropReason);
  }
}
