/** Many scripted clients of one server: they join, talk on time, and count what they hear. */
import { createDtlsIdentity, type DtlsIdentity } from "@parley/media-node/rtc/dtls/dtls-identity";
import { packetKind } from "@parley/media-node/rtc/packet-kind";
import { ScriptedClient } from "@parley/media-node/rtc/testing/scripted-client";
import { StreamLog } from "./stream-log.ts";

const FRAME_MS = 20;
const PACE_MS = 5;
const JOINS_AT_ONCE = 20;
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
  /** How many of the talkers talk at once, in turns of two seconds; undefined is all of them. */
  talkersAtOnce?: number | undefined;
  payloadBytes: number;
  /** So many members of each room, the last ones, open what they hear and tell its delay; that costs time. */
  measuring?: number | undefined;
}

export interface Heard {
  sent: number;
  received: number;
  lost: number;
  delaysMs: number[];
  /** How late the latest packet left the load itself: it is behind, and so is whatever it measures. */
  lateMsMax: number;
}

interface Member {
  client: ScriptedClient;
  leave(): void;
}

const TURN_MS = 2_000;

export class VoiceLoad {
  readonly #join: Join;
  readonly #crowd: Crowd;
  readonly #log = new StreamLog();
  readonly #members: Member[] = [];
  readonly #talkers: { client: ScriptedClient; index: number; nextMs: number }[] = [];
  #identity: DtlsIdentity | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #delaysMs: number[] = [];
  #lateMsMax = 0;
  /** Why somebody could not join. */
  readonly failures: unknown[] = [];

  constructor(join: Join, crowd: Crowd) {
    this.#join = join;
    this.#crowd = crowd;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Resolves when everybody is connected or has failed to be; calls `progress` after each. */
  async enter(progress: (joined: number) => void = () => {}): Promise<void> {
    this.#identity = await createDtlsIdentity();
    const { rooms, members } = this.#crowd;
    let next = 0;
    const enterNext = async () => {
      while (next < rooms * members) {
        const index = next++;
        await this.#enterOne(index % rooms, Math.floor(index / rooms)).catch((error: unknown) =>
          this.failures.push(error),
        );
        progress(this.#members.length);
      }
    };
    await Promise.all(Array.from({ length: JOINS_AT_ONCE }, enterNext));
  }

  talk(): void {
    const startMs = performance.now();
    for (const [place, talker] of this.#talkers.entries())
      talker.nextMs = startMs + ((place * FRAME_MS) / this.#talkers.length) * 1.0;
    const payload = Buffer.alloc(this.#crowd.payloadBytes, 0x5a);
    this.#timer = setInterval(() => this.#pace(startMs, payload), PACE_MS);
  }

  hush(): void {
    clearInterval(this.#timer);
  }

  /** What was sent and heard since the last call. */
  take(): Heard {
    const { received, lost } = this.#log.take();
    const heard = { sent: this.#sent, received, lost, delaysMs: this.#delaysMs, lateMsMax: this.#lateMsMax };
    this.#sent = 0;
    this.#delaysMs = [];
    this.#lateMsMax = 0;
    return heard;
  }

  close(): void {
    this.hush();
    for (const member of this.#members) {
      member.client.close();
      member.leave();
    }
  }

  async #enterOne(room: number, index: number): Promise<void> {
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
    if (measuresDelay) client.onVoice = (packet) => this.#measure(packet);
    this.#members.push({ client, leave });
    if (index < talkers) this.#talkers.push({ client, index, nextMs: 0 });
  }

  #measure(packet: Buffer): void {
    this.#delaysMs.push(performance.now() - packet.readDoubleBE(packet.length - 8));
  }

  #pace(startMs: number, payload: Buffer): void {
    const nowMs = performance.now();
    const { talkers, talkersAtOnce = talkers, measuring = 0 } = this.#crowd;
    const firstInTurn = Math.floor((nowMs - startMs) / TURN_MS) * talkersAtOnce;
    for (const talker of this.#talkers) {
      const place = (talker.index - (firstInTurn % talkers) + talkers) % talkers;
      this.#lateMsMax = Math.max(this.#lateMsMax, nowMs - talker.nextMs);
      for (; talker.nextMs <= nowMs; talker.nextMs += FRAME_MS) {
        if (place >= talkersAtOnce) continue;
        if (measuring > 0) payload.writeDoubleBE(performance.now(), payload.length - 8);
        talker.client.speak(payload, LEVEL);
        this.#sent++;
      }
    }
  }
}
