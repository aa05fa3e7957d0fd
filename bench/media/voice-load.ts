/** Many scripted clients of one server: they join, talk on time, count what they hear, and come and go. */
import { VOICES_PER_LISTENER } from "@parley/contract/limits";
import { createDtlsIdentity, type DtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import { packetKind } from "@parley/media-node/rtc/packet-kind";
import { ScriptedClient } from "@parley/media-node/rtc/testing/scripted-client";
import { type StreamCounter, StreamLog } from "./stream-log.ts";

const FRAME_MS = 20;
/** People don't wait for each other: sent in lumps of 5 ms, a dozen talkers' packets would queue behind one another. */
const PACE_MS = 1;
const JOINS_AT_ONCE = 20;
const TURN_MS = 2_000;
/** A loud enough voice, in −dBov. */
const LEVEL = 30;

/** Gives a server an offer and gets its answer; what is returned ends the stay. */
export type Join = (offer: string, room: number, member: number) => Promise<Joined>;

interface Joined {
  answer: string;
  /** The address of the answer's to use; undefined is its first one. */
  address?: string | undefined;
  leave(): void;
}

export interface Crowd {
  rooms: number;
  /** Clients of each room; the first of them talk. */
  members: number;
  talkers: number;
  /** How they talk until `talk` is told otherwise. */
  turns?: Turns | undefined;
  payloadBytes: number;
  /** So many members of each room, the last ones, open what they hear and tell its delay; that costs time. */
  measuring?: number | undefined;
  /** In each room, of another process' crowd: they should hear this one's talkers, too. */
  listenersElsewhere?: number | undefined;
}

export interface Turns {
  /** How many of the talkers talk at once; undefined is all of them. */
  talkersAtOnce?: number | undefined;
  /** 2 s where it isn't told. */
  turnMs?: number;
}

export interface Heard {
  sent: number;
  received: number;
  /** Missing between packets that were received. */
  lost: number;
  /** What all listeners together should have received: who hears nothing at all is missing here and loses nothing. */
  expected: number;
  delaysMs: number[];
  /** How late the latest packet left the load itself: it is behind, and so is whatever it measures. */
  lateMsMax: number;
}

interface Member {
  client: ScriptedClient;
  room: number;
  index: number;
  streams: StreamCounter;
  /** When a talker's next packet is due. */
  nextMs: number;
  leave(): void;
}

export class VoiceLoad {
  readonly #join: Join;
  readonly #crowd: Crowd;
  readonly #log = new StreamLog();
  /** Who came first stands first. */
  readonly #members: Member[] = [];
  #talkers: Member[] = [];
  readonly #present: number[];
  #identity: DtlsIdentity | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #expected = 0;
  #delaysMs: number[] = [];
  #lateMsMax = 0;
  /** Why somebody could not join. */
  readonly failures: unknown[] = [];

  constructor(join: Join, crowd: Crowd) {
    this.#join = join;
    this.#crowd = crowd;
    this.#present = new Array<number>(crowd.rooms).fill(0);
  }

  get size(): number {
    return this.#members.length;
  }

  /** Resolves when everybody is connected or has failed to be. */
  async enter(): Promise<void> {
    this.#identity = await createDtlsIdentity();
    const { rooms, members } = this.#crowd;
    let next = 0;
    const enterNext = async () => {
      while (next < rooms * members) {
        const index = next++;
        await this.#enterOne(index % rooms, Math.floor(index / rooms));
      }
    };
    await Promise.all(Array.from({ length: JOINS_AT_ONCE }, enterNext));
  }

  /** Those who have been here longest leave, talkers among them, and others take their places. */
  async replace(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const member = this.#members.shift();
      if (!member) return;
      this.#talkers = this.#talkers.filter((talker) => talker !== member);
      this.#present[member.room] = (this.#present[member.room] ?? 0) - 1;
      close(member);
      await this.#enterOne(member.room, member.index);
    }
  }

  talk(turns = this.#crowd.turns ?? {}): void {
    const startMs = performance.now();
    for (const [place, talker] of this.#talkers.entries())
      talker.nextMs = startMs + (place * FRAME_MS) / this.#talkers.length;
    this.hush();
    const payload = Buffer.alloc(this.#crowd.payloadBytes, 0x5a);
    this.#timer = setInterval(() => this.#pace(startMs, payload, turns), PACE_MS);
  }

  hush(): void {
    clearInterval(this.#timer);
  }

  /** What was sent and heard since the last call. */
  take(): Heard {
    const { received, lost } = this.#log.take();
    const heard = {
      sent: this.#sent,
      received,
      lost,
      expected: this.#expected,
      delaysMs: this.#delaysMs,
      lateMsMax: this.#lateMsMax,
    };
    this.#sent = 0;
    this.#expected = 0;
    this.#delaysMs = [];
    this.#lateMsMax = 0;
    return heard;
  }

  close(): void {
    this.hush();
    for (const member of this.#members) close(member);
  }

  async #enterOne(room: number, index: number): Promise<void> {
    try {
      const { members, measuring = 0, talkers } = this.#crowd;
      const measuresDelay = index >= members - measuring;
      const client = new ScriptedClient({
        identity: this.#identity as DtlsIdentity,
        opensVoice: measuresDelay,
      });
      const { answer, address, leave } = await this.#join(client.offer, room, index);
      await client.accept(answer, address);
      await client.connected;
      const streams = this.#log.listener();
      client.onDatagram = (datagram) => {
        if (packetKind(datagram) === "rtp") streams.receive(datagram);
      };
      if (measuresDelay) client.onVoice = (packet) => this.#delaysMs.push(ageMs(packet));
      const member = { client, room, index, streams, leave, nextMs: performance.now() };
      this.#members.push(member);
      this.#present[room] = (this.#present[room] ?? 0) + 1;
      if (index < talkers) this.#talkers.push(member);
    } catch (error) {
      this.failures.push(error);
    }
  }

  #pace(startMs: number, payload: Buffer, turns: Turns): void {
    const nowMs = performance.now();
    const { talkers, listenersElsewhere = 0 } = this.#crowd;
    const { talkersAtOnce = talkers, turnMs = TURN_MS } = turns;
    const firstInTurn = Math.floor((nowMs - startMs) / turnMs) * talkersAtOnce;
    const heardShare = Math.min(1, VOICES_PER_LISTENER / talkersAtOnce);
    for (const talker of this.#talkers) {
      const place = (talker.index - (firstInTurn % talkers) + talkers) % talkers;
      const speaks = place < talkersAtOnce;
      if (speaks) this.#lateMsMax = Math.max(this.#lateMsMax, nowMs - talker.nextMs);
      for (; talker.nextMs <= nowMs; talker.nextMs += FRAME_MS) {
        if (!speaks) continue;
        stamp(payload);
        talker.client.speak(payload, LEVEL);
        this.#sent++;
        this.#expected += ((this.#present[talker.room] ?? 1) - 1 + listenersElsewhere) * heardShare;
      }
    }
  }
}

function close({ client, streams, leave }: Member): void {
  client.close();
  streams.end();
  leave();
}

/** The monotonic clock is the same in every process of a machine. */
const nowMonotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

const stamp = (payload: Buffer) => payload.writeDoubleBE(nowMonotonicMs(), payload.length - 8);
const ageMs = (packet: Buffer) => nowMonotonicMs() - packet.readDoubleBE(packet.length - 8);
