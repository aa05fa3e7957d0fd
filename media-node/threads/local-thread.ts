/** Rooms and their transports in the thread that this runs in. */
import type { Socket as TcpSocket } from "node:net";
import { performance } from "node:perf_hooks";
import type { ParticipantId } from "@parley/contract/ids";
import { TRANSPORT_CONNECT_MS_MAX } from "@parley/contract/limits";
import type { NodeMessage } from "@parley/contract/signal";
import { DelayHistogram } from "../core/delay-histogram.ts";
import { LoadShedder } from "../core/load-shedder.ts";
import type { MediaPacket } from "../core/media-packet.ts";
import { RoomDrops } from "../core/room-drops.ts";
import { StrainMeter } from "../core/strain-meter.ts";
import type { BoundPort } from "../port/bound-port.ts";
import type { DtlsIdentity } from "../rtc/dtls/dtls-identity.ts";
import type { MediaTransport } from "../rtc/media-transport.ts";
import { randomStreamStart } from "../rtc/stream-start.ts";
import { VoiceTransport } from "../rtc/voice-transport.ts";
import type { ThreadCounts } from "./thread-counts.ts";
import { VoiceRoom } from "./voice-room.ts";
import type { Entering, VoiceRights, VoiceThread, VoiceThreadEvents } from "./voice-thread.ts";

const TICK_MS = 100;
const LAG_BOUNDS_MS = [1, 2, 5, 10, 20, 40, 100, 200, 500, 1_000];
const WAIT_BOUNDS_MS = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100];
const DELAY_BOUNDS_MS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

interface Place {
  transport: MediaTransport;
  /** Undefined until the stay has entered a room. */
  inside: { room: VoiceRoom; key: string; id: ParticipantId } | undefined;
}

export interface ThreadOptions {
  identity: DtlsIdentity;
  voicesPerListener: number;
}

export class LocalThread implements VoiceThread {
  readonly isOpen = true;
  readonly #events: VoiceThreadEvents;
  readonly #transport: VoiceTransport;
  readonly #voices: number;
  readonly #rooms = new Map<string, VoiceRoom>();
  readonly #places = new Map<number, Place>();
  /** One voice is left to each room, whatever happens. */
  readonly #shedder: LoadShedder;
  readonly #delays = new DelayHistogram(DELAY_BOUNDS_MS);
  readonly #timer: NodeJS.Timeout;
  readonly #meter = new StrainMeter(TICK_MS, performance.now());
  readonly #lags = new DelayHistogram(LAG_BOUNDS_MS);
  readonly #waits = new DelayHistogram(WAIT_BOUNDS_MS);
  readonly #openedAtMs = Date.now();
  readonly #roomDrops = new RoomDrops();
  #packetsIn = 0;

  /** Media goes by the port's UDP socket, and by the connections that are given to `acceptTcp`. */
  constructor(port: BoundPort, { identity, voicesPerListener }: ThreadOptions, events: VoiceThreadEvents) {
    this.#voices = voicesPerListener;
    this.#shedder = new LoadShedder(voicesPerListener - 1);
    this.#transport = new VoiceTransport({
      udp: port.udp,
      port: port.port,
      identity,
      voices: voicesPerListener,
      connectMsMax: TRANSPORT_CONNECT_MS_MAX,
      onBug: (error) => events.onBug(error),
      onConnected: (handshakeMs) => events.onConnected(handshakeMs),
    });
    this.#events = events;
    this.#timer = setInterval(() => this.#attemptTick(), TICK_MS);
  }

  async accept(id: number, sdp: string, addresses: readonly string[]) {
    let place: Place | undefined;
    const transport: MediaTransport = await this.#transport.accept(sdp, addresses, {
      onPacket: (packet) => this.#packet(place, packet),
      onLost: () => this.#events.onLost(id),
    });
    place = { transport, inside: undefined };
    this.#places.set(id, place);
    return { answer: transport.answer, voices: transport.outlets.length };
  }

  enter(id: number, entering: Entering): void {
    const place = this.#places.get(id);
    // The stay may have been lost while this was on its way.
    if (!place || place.inside) return;
    const key = `${entering.organizationId}/${entering.channelId}`;
    const room = this.#rooms.get(key) ?? this.#openRoom(key);
    const { participant, canSpeak, isPriority } = entering;
    const { outlets } = place.transport;
    const streamStarts = outlets.map(randomStreamStart);
    place.inside = { room, key, id: participant.id };
    const joining = { participant, listener: id, canSpeak, isPriority, outlets, streamStarts };
    room.handle({ type: "join", joining }, performance.now());
  }

  mute(id: number, muted: boolean): void {
    const inside = this.#places.get(id)?.inside;
    if (inside) inside.room.handle({ type: "mute", id: inside.id, muted }, performance.now());
  }

  setRights(id: number, rights: VoiceRights): void {
    const inside = this.#places.get(id)?.inside;
    if (!inside) return;
    inside.room.handle({ type: "rights", id: inside.id, ...rights }, performance.now());
  }

  leave(id: number): void {
    const place = this.#places.get(id);
    if (!place) return;
    this.#places.delete(id);
    place.transport.close();
    if (!place.inside) return;
    const { room, key, id: participantId } = place.inside;
    room.leave(participantId, performance.now());
    if (room.size === 0) this.#rooms.delete(key);
  }

  acceptTcp(socket: TcpSocket, head: Buffer): void {
    this.#transport.acceptTcp(socket, head);
  }

  async counts(): Promise<ThreadCounts> {
    const rooms = [...this.#rooms.values()];
    return {
      openedAtMs: this.#openedAtMs,
      packetsIn: this.#packetsIn,
      packetsOut: this.#transport.packetsOut,
      packetsShed: this.#roomDrops.shed,
      drops: { ...this.#transport.drops.snapshot(), ...this.#roomDrops.snapshot() },
      endings: { ...this.#transport.endings },
      peers: this.#transport.peers,
      rooms: rooms.length,
      participants: rooms.reduce((sum, room) => sum + room.size, 0),
      voicesInUse: rooms.reduce((sum, room) => sum + room.voicesInUse, 0),
      shedVoices: this.#shedder.voices,
      eventLoopLagMs: this.#lags.snapshot(),
      receiveWaitMs: this.#waits.snapshot(),
      forwardDelayMs: this.#delays.snapshot(),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const id of [...this.#places.keys()]) this.leave(id);
    await this.#transport.close();
  }

  #packet(place: Place | undefined, packet: MediaPacket): void {
    if (!place?.inside) return this.#transport.drops.count("rtp_before_entry");
    const nowMs = performance.now();
    this.#packetsIn++;
    place.inside.room.packet(place.inside.id, packet, nowMs);
    this.#delays.observe(performance.now() - nowMs);
  }

  #openRoom(key: string): VoiceRoom {
    const carry = (stays: readonly number[], message: NodeMessage) => this.#events.onMessage(stays, message);
    const room = new VoiceRoom(this.#voices, carry, this.#roomDrops);
    this.#rooms.set(key, room);
    return room;
  }

  /** A bug thrown on from a timer would end everybody's calls. */
  #attemptTick(): void {
    try {
      this.#tick();
    } catch (error) {
      this.#events.onBug(error);
    }
  }

  #tick(): void {
    const nowMs = performance.now();
    const { packetsWaitingMax } = this.#transport;
    const standingShare = this.#transport.takeStandingShare();
    const waitMs = this.#transport.takeReceiveWaitMs(nowMs);
    const { user, system } = process.threadCpuUsage();
    const strain = this.#meter.tick(
      {
        forwardedMs: this.#delays.sumMs,
        cpuMs: (user + system) / 1_000,
        waitMs,
        packetsIn: this.#packetsIn,
        packetsWaitingMax,
        standingShare,
      },
      nowMs,
    );
    this.#lags.observe(strain.lagMs);
    this.#waits.observe(waitMs);
    this.#shedder.observe(strain, nowMs);
    const shedVoices = this.#shedder.voices;
    for (const room of this.#rooms.values()) room.handle({ type: "tick", shedVoices }, nowMs);
  }
}
