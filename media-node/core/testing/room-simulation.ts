/**
 * A room on a simulated network: people talk on a schedule, each packet is lost, delayed or overtaken as a
 * seed decides, and everything that anybody hears is written down.
 */
import type { ParticipantId } from "@parley/contract/ids";
import { userIdSchema } from "@parley/contract/ids";
import { ForwardBatch } from "../forward-batch.ts";
import type { MediaPacket } from "../media-packet.ts";
import { Room, type RoomOutput } from "../room.ts";
import { RoomDrops } from "../room-drops.ts";
import { seededRandom } from "./random.ts";

const USER = userIdSchema.parse("019b0000-0000-7000-8000-000000000001");
const FRAME_MS = 20;
const TICK_MS = 100;
const ORDINARY_PAYLOAD = new Uint8Array(80);

export interface Network {
  lossShare: number;
  /** Each packet takes 20 ms and up to so much more. */
  jitterMs: number;
}

/** A packet as a listener got it. */
export interface Heard {
  to: number;
  from: number;
  voice: number;
  atMs: number;
  sequenceNumber: number;
  timestamp: number;
}

/** A voice of a listener. */
interface Outlet {
  to: number;
  voice: number;
}

interface Arrival {
  from: number;
  atMs: number;
  packet: MediaPacket;
}

export class RoomSimulation {
  readonly room: Room<number, Outlet>;
  readonly drops = new RoomDrops();
  readonly heard: Heard[] = [];
  /** Frames of silence, apart from what talkers sent. */
  readonly silences: Omit<Heard, "from">[] = [];
  /** When each talker's packets came to the node, by talker. */
  readonly arrivals: Arrival[] = [];
  voiceChanges = 0;
  shedVoices = 0;
  nowMs = 0;
  readonly #random: () => number;
  readonly #network: Network;
  readonly #batch = new ForwardBatch<Outlet>(2_000);
  readonly #sources = new Map<number, { sequence: number; startTimestamp: number }>();
  #done = 0;

  constructor(options: { voices: number; seed: number; network?: Network }) {
    this.room = new Room(options.voices, this.drops);
    this.#random = seededRandom(options.seed);
    this.#network = options.network ?? { lossShare: 0, jitterMs: 0 };
  }

  join(n: number, options: { voices?: number; isPriority?: boolean; canSpeak?: boolean } = {}): void {
    const voices = options.voices ?? 8;
    const participant = { id: String(n) as ParticipantId, userId: USER, name: `p${n}`, muted: false };
    const streamStarts = Array.from({ length: voices }, () => ({
      sequence: Math.floor(this.#random() * 0x10000),
      timestamp: Math.floor(this.#random() * 0x100000000),
    }));
    this.#sources.set(n, {
      sequence: Math.floor(this.#random() * 0x10000),
      startTimestamp: Math.floor(this.#random() * 0x100000000),
    });
    const { canSpeak = true, isPriority = false } = options;
    const outlets = Array.from({ length: voices }, (_, voice) => ({ to: n, voice }));
    const joining = { participant, listener: n, canSpeak, isPriority, outlets, streamStarts };
    this.#note(this.room.handle({ type: "join", joining }, this.nowMs));
  }

  leave(n: number): void {
    this.#note(this.room.handle({ type: "leave", id: String(n) as ParticipantId }, this.nowMs));
  }

  mute(n: number, muted: boolean): RoomOutput<number, Outlet>[] {
    return this.room.handle({ type: "mute", id: String(n) as ParticipantId, muted }, this.nowMs);
  }

  /** Schedules somebody's packets: one each 20 ms from `fromMs` on, before `toMs`. */
  talk(n: number, fromMs: number, toMs: number, levelDbov: number | ((ms: number) => number) = -20): void {
    const source = this.#sources.get(n);
    if (!source) throw new Error(`nobody joined as ${n}`);
    for (let ms = fromMs; ms < toMs; ms += FRAME_MS) {
      source.sequence = (source.sequence + 1) & 0xffff;
      if (this.#random() < this.#network.lossShare) continue;
      const packet = {
        sequenceNumber: source.sequence,
        timestamp: (source.startTimestamp + ms * 48) % 0x100000000,
        marker: ms === fromMs,
        levelDbov: typeof levelDbov === "number" ? levelDbov : levelDbov(ms),
        payload: ORDINARY_PAYLOAD,
      };
      this.arrivals.push({ from: n, atMs: ms + FRAME_MS + this.#random() * this.#network.jitterMs, packet });
    }
  }

  /** Lets everything happen that is scheduled before `untilMs`. */
  run(untilMs: number): this {
    this.arrivals.sort((a, b) => a.atMs - b.atMs);
    let nextTickMs = Math.ceil((this.nowMs + 1) / TICK_MS) * TICK_MS;
    for (; ; this.#done++) {
      const arrival = this.arrivals[this.#done];
      const atMs = Math.min(arrival?.atMs ?? untilMs, untilMs);
      for (; nextTickMs <= atMs; nextTickMs += TICK_MS) this.#tick(nextTickMs);
      if (!arrival || arrival.atMs >= untilMs) break;
      this.nowMs = arrival.atMs;
      this.#arrive(arrival);
    }
    this.nowMs = untilMs;
    return this;
  }

  /** What `to` heard of `from`, in the order in which it came. */
  heardBy(to: number, from?: number): Heard[] {
    return this.heard.filter((entry) => entry.to === to && (from === undefined || entry.from === from));
  }

  #arrive({ from, atMs, packet }: Arrival): void {
    const batch = this.#batch;
    this.#note(this.room.forward(String(from) as ParticipantId, packet, atMs, batch));
    for (let index = 0; index < batch.count; index++)
      this.heard.push({
        ...(batch.outlets[index] as Outlet),
        from: batch.csrc,
        atMs,
        sequenceNumber: batch.sequenceNumbers[index] as number,
        timestamp: batch.timestamps[index] as number,
      });
  }

  #tick(atMs: number): void {
    this.nowMs = atMs;
    this.#note(this.room.handle({ type: "tick", shedVoices: this.shedVoices }, atMs));
  }

  #note(outputs: readonly RoomOutput<number, Outlet>[]): void {
    const isChange = (output: RoomOutput<number, Outlet>) =>
      output.type === "message" && output.message.type === "voices";
    if (outputs.some(isChange)) this.voiceChanges++;
    for (const output of outputs) {
      if (output.type !== "silence") continue;
      const { outlet, sequenceNumber, timestamp } = output;
      this.silences.push({ ...outlet, sequenceNumber, timestamp, atMs: this.nowMs });
    }
  }
}
