/**
 * The media side of a node: one UDP socket and the node's TCP port for everyone, behind one gate. Makes a peer
 * for each offer, keeps its time, and carries its voices.
 */
import { randomInt } from "node:crypto";
import type { Socket as UdpSocket } from "node:dgram";
import type { Socket as TcpSocket } from "node:net";
import { AppError } from "@parley/contract/errors";
import { CONSENT_MS_MAX, PEERS_PER_NODE_MAX } from "@parley/contract/limits";
import { writeAnswer } from "./answer.ts";
import { hostCandidates } from "./candidates.ts";
import type { DtlsIdentity } from "./dtls/dtls-identity.ts";
import { Gate } from "./gate.ts";
import type { MediaTransport, MediaTransportEvents, MediaTransportFactory } from "./media-transport.ts";
import { type Offer, type OfferSection, parseOffer } from "./offer.ts";
import { Peer } from "./peer.ts";
import { PEER_ENDINGS, type PeerEnding } from "./peer-ending.ts";
import { TcpPath } from "./tcp-path.ts";
import { UdpPort } from "./udp-port.ts";

/** How finely handshakes are repeated. */
const HANDSHAKE_TICK_MS = 50;
const CONSENT_TICKS = 15;
/** No divisor or multiple of a voice frame's 20 ms: probes in step with packets would always meet the same of them. */
const PROBE_INTERVAL_MS = 13;
const REPORT_INTERVAL_MS = 5_000;
/** Reports go out to a tenth of the clients at a time. */
const REPORT_GROUPS = 10;

export interface VoiceTransportOptions {
  /** Bound, and on the same port number as the TCP connections that come to `acceptTcp`. */
  udp: UdpSocket;
  port: number;
  identity: DtlsIdentity;
  voices: number;
  connectMsMax: number;
  /** How often each client gets sender reports, 5 s by default. */
  reportIntervalMs?: number | undefined;
  /** How long a client may go without an authenticated check; CONSENT_MS_MAX where it isn't told. */
  consentMsMax?: number | undefined;
  /** A bug of ours, to be logged; at most one in a second. */
  onBug(error: unknown): void;
  /** How long a handshake took, in ms, from the answer to the keys. */
  onConnected?(handshakeMs: number): void;
}

/** What there is to a peer beside itself until it is released. */
interface Answered {
  onLost: () => void;
  /** Runs until it is connected. */
  deadline: NodeJS.Timeout;
}

export class VoiceTransport implements MediaTransportFactory {
  readonly #options: VoiceTransportOptions;
  readonly #gate: Gate;
  readonly #udp: UdpPort;
  readonly #sent = { packets: 0 };
  /** How often a client's transport has ended since the start, by reason. */
  readonly endings = Object.fromEntries(PEER_ENDINGS.map((reason) => [reason, 0])) as Record<
    PeerEnding,
    number
  >;
  #reportGroup = 0;
  /** Runs while voice goes out: where nobody is heard, no voice can be given up. */
  #probing: NodeJS.Timeout | undefined;
  #packetsOutBefore = 0;
  readonly #connecting = new Set<Peer>();
  readonly #tcpPaths = new Set<TcpSocket>();
  readonly #answered = new Map<Peer, Answered>();
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(options: VoiceTransportOptions) {
    this.#options = options;
    this.#gate = new Gate(options.onBug);
    this.#udp = new UdpPort(options.udp, this.#gate);
    const { reportIntervalMs = REPORT_INTERVAL_MS, consentMsMax = CONSENT_MS_MAX } = options;
    this.#timers = [
      setInterval(() => this.#tickHandshakes(), HANDSHAKE_TICK_MS).unref(),
      setInterval(() => this.#endSilent(consentMsMax), consentMsMax / CONSENT_TICKS).unref(),
      setInterval(() => this.#report(), reportIntervalMs / REPORT_GROUPS).unref(),
    ];
  }

  /** RTP packets sent since the start. */
  get packetsOut(): number {
    return this.#sent.packets;
  }

  get drops() {
    return this.#gate.drops;
  }

  /** What waited to be sent at the least since the last call, as a share of what may wait there. */
  takeStandingShare(): number {
    return this.#udp.takeStandingShare();
  }

  /** How many packets of voice the kernel holds until they are read, about. */
  get packetsWaitingMax(): number {
    return this.#udp.receivedMax;
  }

  /** How long datagrams waited at the least until they were read, since the last call, while voice goes out. */
  takeReceiveWaitMs(nowMs: number): number {
    const isVoiceOut = this.packetsOut !== this.#packetsOutBefore;
    this.#packetsOutBefore = this.packetsOut;
    if (!isVoiceOut) this.#stopProbing();
    else this.#probing ??= setInterval(() => this.#udp.probe(performance.now()), PROBE_INTERVAL_MS).unref();
    return this.#udp.takeReceiveWaitMs(nowMs);
  }

  get peers(): number {
    return this.#gate.size;
  }

  async accept(
    sdp: string,
    addresses: readonly string[],
    events: MediaTransportEvents,
  ): Promise<MediaTransport> {
    const offer = parseOffer(sdp);
    if (this.#gate.size >= PEERS_PER_NODE_MAX) throw new AppError("node_full");
    return this.#answer(offer, hostCandidates(addresses, this.#options.port), events);
  }

  /** A connection whose first bytes look like a framed STUN check; `head` is what was read of it. */
  acceptTcp(socket: TcpSocket, head: Buffer): void {
    this.#tcpPaths.add(socket);
    socket.once("close", () => this.#tcpPaths.delete(socket));
    new TcpPath(socket, head, this.#gate);
  }

  /** Ends every peer; resolves when they have been told, as far as the network takes it. The sockets are the caller's. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#stopProbing();
    for (const peer of [...this.#gate.peers()]) this.#release(peer, "left");
    for (const socket of this.#tcpPaths) socket.destroy();
    await this.#udp.close();
  }

  #answer(offer: Offer, candidates: string[], events: MediaTransportEvents): MediaTransport {
    const receiving = offer.sections.filter((section) => section.role === "receive");
    const voiceSsrcs = distinctSsrcs(Math.min(receiving.length, this.#options.voices));
    const voices = voiceSsrcs.map((ssrc, voice) => formatOf(receiving[voice], ssrc));
    const answeredAtMs = performance.now();
    const peer: Peer = new Peer({
      offer,
      identity: this.#options.identity,
      drops: this.#gate.drops,
      sent: this.#sent,
      events,
      voices,
      nowMs: answeredAtMs,
      onConnected: () => {
        clearTimeout(deadline);
        this.#options.onConnected?.(performance.now() - answeredAtMs);
      },
      onEnded: (reason) => this.#lose(peer, reason),
    });
    this.#gate.add(peer);
    this.#connecting.add(peer);
    const deadline = setTimeout(() => this.#lose(peer, "connect_timeout"), this.#options.connectMsMax);
    this.#answered.set(peer, { onLost: () => events.onLost(), deadline });
    const answer = writeAnswer({
      offer,
      credentials: peer.credentials,
      fingerprint: this.#options.identity.fingerprint,
      candidates,
      voiceSsrcs,
    });
    return { answer, outlets: peer.voices, close: () => this.#release(peer, "left") };
  }

  #tickHandshakes(): void {
    if (this.#connecting.size === 0) return;
    const nowMs = performance.now();
    for (const peer of [...this.#connecting])
      if (peer.isSettled) this.#connecting.delete(peer);
      else this.#attempt(peer, () => peer.tick(nowMs));
  }

  #stopProbing(): void {
    clearInterval(this.#probing);
    this.#probing = undefined;
  }

  #report(): void {
    this.#reportGroup = (this.#reportGroup + 1) % REPORT_GROUPS;
    const nowMs = performance.now();
    const wallClockMs = Date.now();
    let index = 0;
    for (const peer of [...this.#gate.peers()])
      if (index++ % REPORT_GROUPS === this.#reportGroup)
        this.#attempt(peer, () => peer.sendReports(nowMs, wallClockMs));
  }

  /** RFC 7675 §5.1 seen from a lite node: who no longer checks no longer wants to be sent to. */
  #endSilent(consentMsMax: number): void {
    const nowMs = performance.now();
    for (const peer of [...this.#gate.peers()])
      if (!peer.connected) continue;
      else if (nowMs - peer.checkedAtMs > consentMsMax) this.#lose(peer, "consent_lost");
      else this.#attempt(peer, () => peer.keepPaths(nowMs, consentMsMax));
  }

  /** A bug that a timer meets ends the peer that it comes with: thrown on, it would end the process. */
  #attempt(peer: Peer, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onBug(error);
      this.#lose(peer, "internal_error");
    }
  }

  #lose(peer: Peer, reason: PeerEnding): void {
    const answered = this.#answered.get(peer);
    this.#release(peer, reason);
    answered?.onLost();
  }

  #release(peer: Peer, reason: PeerEnding): void {
    clearTimeout(this.#answered.get(peer)?.deadline);
    // Once: the room lets go of a peer that was lost, too.
    if (this.#answered.delete(peer)) this.endings[reason]++;
    this.#connecting.delete(peer);
    this.#gate.remove(peer);
    peer.close();
  }
}

function formatOf(section: OfferSection | undefined, ssrc: number) {
  return {
    ssrc,
    opusPayloadType: section?.opusPayloadType ?? 0,
    redPayloadType: section?.redPayloadType,
    nack: section?.nack ?? false,
  };
}

/** RFC 3550 §8.1: random, and here distinct, since one key seals them all. */
function distinctSsrcs(count: number): number[] {
  const ssrcs = new Set<number>();
  while (ssrcs.size < count) ssrcs.add(randomInt(1, 0x100000000));
  return [...ssrcs];
}
