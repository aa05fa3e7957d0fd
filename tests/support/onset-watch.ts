/**
 * Watches a relay for the moment at which somebody begins to speak: their first loud packet on its way to the node,
 * and the first that the node sends on with their name. Headers of SRTP are readable; sound is not needed, since the
 * sizes of Opus frames tell one onset from another.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ToneTalker } from "./tone-gate.ts";
import type { UdpRelay } from "./udp-relay.ts";

/** Chromium's id of the RFC 6464 level, in offers whose only extensions are its default ones. */
const LEVEL_ID = 1;
/** In −dBov; a silent microphone sends 127. */
const LOUD = 60;

export interface Onset {
  /** Of the first loud packet, in ms since 1970. */
  cameAtMs: number;
  wentAtMs: number;
}

interface Seen {
  atMs: number;
  /** Of the sealed payload. */
  bytes: number;
  isLoud: boolean;
}

/** So many packets in a row, with their sizes, are that onset and no other one. */
const PACKETS_MIN = 3;
/** They are there when the tone is heard, or come within two frames. */
const MATCH_MS_MAX = 1_000;

export class OnsetWatch {
  readonly #relay: UdpRelay;
  readonly #came: Seen[] = [];
  readonly #went: Seen[] = [];
  readonly #matched = Promise.withResolvers<Onset>();

  /** `voices` are the streams in which one listener hears. */
  constructor(relay: UdpRelay, { ssrc, csrc }: ToneTalker, voices: readonly number[]) {
    this.#relay = relay;
    relay.onPacket = (packet, direction) => {
      if (!isRtp(packet)) return;
      const stream = packet.readUInt32BE(8);
      if (direction === "in" && stream === ssrc) this.#came.push(seen(packet));
      const isTheirs = (packet.readUInt8(0) & 0x0f) > 0 && packet.readUInt32BE(12) === csrc;
      if (direction === "out" && isTheirs && voices.includes(stream)) {
        this.#went.push(seen(packet));
        this.#match();
      }
    };
  }

  /** Rejects where what went doesn't begin with the very packet that the onset began with. */
  async onset(): Promise<Onset> {
    const tooLate = sleep(MATCH_MS_MAX, undefined, { ref: false });
    const onset = await Promise.race([this.#matched.promise, tooLate]);
    this.#relay.onPacket = () => {};
    if (onset) return onset;
    const sizes = (all: readonly Seen[]) => all.map(({ bytes }) => bytes).join(" ");
    throw new Error(
      `the onset was clipped: packets of ${sizes(this.#loud())} bytes came, ${sizes(this.#went)} went`,
    );
  }

  #loud(): Seen[] {
    const first = this.#came.findIndex(({ isLoud }) => isLoud);
    return first < 0 ? [] : this.#came.slice(first);
  }

  #match(): void {
    const onset = this.#loud();
    // Silence of before may still have been under way.
    for (let at = 0; at + PACKETS_MIN <= this.#went.length; at++) {
      const rest = this.#went.slice(at);
      if (rest.every(({ bytes }, n) => bytes === onset[n]?.bytes))
        this.#matched.resolve({
          cameAtMs: onset[0]?.atMs ?? Number.NaN,
          wentAtMs: rest[0]?.atMs ?? Number.NaN,
        });
    }
  }
}

/** Packets of a stream from whose coming a player can tell how evenly they come. */
const LEARNED_PACKETS = 4;

/** Resolves once so many of the streams have carried packets for so long; rejects after ten times that. */
export async function carriedFor(
  milliseconds: number,
  relay: UdpRelay,
  { streams, count }: { streams: readonly number[]; count: number },
): Promise<void> {
  const known = new Map(streams.map((stream) => [stream, { packets: 0, firstAtMs: 0 }]));
  const carried = new Set<number>();
  const enough = Promise.withResolvers<"enough">();
  relay.onPacket = (packet, direction) => {
    if (direction !== "out" || !isRtp(packet)) return;
    const stream = packet.readUInt32BE(8);
    const age = known.get(stream);
    if (!age) return;
    const nowMs = performance.now();
    if (age.packets++ === 0) age.firstAtMs = nowMs;
    if (age.packets >= LEARNED_PACKETS && nowMs - age.firstAtMs >= milliseconds) carried.add(stream);
    if (carried.size >= count) enough.resolve("enough");
  };
  const outcome = await Promise.race([enough.promise, sleep(10 * milliseconds, "late", { ref: false })]);
  relay.onPacket = () => {};
  if (outcome === "enough") return;
  const packets = [...known.values()].map((age) => age.packets);
  throw new Error(
    `${carried.size} of ${count} voices carried packets for ${milliseconds} ms: ${packets.join(" ")}`,
  );
}

const seen = (packet: Buffer): Seen => ({
  atMs: performance.timeOrigin + performance.now(),
  bytes: packet.length - headerBytes(packet),
  isLoud: levelOf(packet) < LOUD,
});

/** RFC 3550 §5.1, §5.3.1. */
function headerBytes(packet: Buffer): number {
  const first = packet.readUInt8(0);
  const fixed = 12 + (first & 0x0f) * 4;
  return (first & 0x10) === 0 ? fixed : fixed + 4 + packet.readUInt16BE(fixed + 2) * 4;
}

/** RFC 7983: RTP and RTCP begin with 128 to 191; RFC 5761: RTCP's types look like payload types 64 to 95. */
function isRtp(packet: Buffer): boolean {
  const type = packet.readUInt8(1) & 0x7f;
  return packet.length >= 16 && packet.readUInt8(0) >> 6 === 2 && (type < 64 || type > 95);
}

/** RFC 8285 §4.2: elements of one byte's header and length + 1 bytes. 127 where there is no level. */
function levelOf(packet: Buffer): number {
  const first = packet.readUInt8(0);
  const at = 12 + (first & 0x0f) * 4;
  if ((first & 0x10) === 0 || packet.readUInt16BE(at) !== 0xbede) return 127;
  const end = at + 4 + packet.readUInt16BE(at + 2) * 4;
  for (let element = at + 4; element < end; ) {
    const header = packet.readUInt8(element);
    if (header === 0) element++;
    else if (header >> 4 === LEVEL_ID) return packet.readUInt8(element + 1) & 0x7f;
    else element += 2 + (header & 0x0f);
  }
  return 127;
}
