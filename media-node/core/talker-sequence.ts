/**
 * Does a talker's packet go on where the one before it ended, or has its number or its time jumped (RFC 3550 A.1)?
 * A gap in the numbers is handed on to listeners as a loss, and who misses 2^15 of a stream has lost its rollover
 * counter for good (RFC 3711 §3.3.1). So a talker may skip numbers only as fast as packets can really be lost. And
 * where a talker's time ends, the next talker's on the same voice goes on: after time that ran back players would drop
 * it as long played.
 */
import { TICKS_PER_MS, ticksAt } from "./media-clock.ts";
import type { MediaPacket } from "./media-packet.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Opus has 400 frames a second at the most. In the 15 s that consent lasts that is far below 2^15. */
const SKIPPED_PER_SECOND = 400;
/** A network may be away for a second, and what was lost is told at once. */
const SKIPPED_BURST = 400;
/** What may still come late: SRTP's replay window lets nothing older in. */
const BEHIND_MAX = 128;
/**
 * How far ahead of real time a spurt may run, for packets that a network held back and then no longer. A clock that is
 * fast by 100 millionths takes three hours for that.
 */
const AHEAD_TICKS_MAX = 1_000 * TICKS_PER_MS;

export class TalkerSequence {
  readonly #skips: TokenBucket;
  #highest = -1;
  /** Of the packet with the highest number. */
  #timestamp = 0;
  /** From the media clock to the talker's, as it was at their last jump. */
  #clockOffset = 0;

  constructor(nowMs: number) {
    this.#skips = new TokenBucket(SKIPPED_PER_SECOND, SKIPPED_BURST, nowMs);
  }

  /** False for the first packet, and for one that has jumped: what was known of the order before is void. */
  goesOn({ sequenceNumber, timestamp }: MediaPacket, nowMs: number): boolean {
    const ticks = ticksAt(nowMs);
    const ahead = (sequenceNumber - this.#highest) & 0xffff;
    if (this.#highest >= 0 && this.#isInTime(timestamp, ticks)) {
      const advance = (timestamp - this.#timestamp) | 0;
      if (ahead === 0 || ahead >= 0x10000 - BEHIND_MAX) {
        if (advance <= 0) return true;
      } else if (advance > 0 && (ahead === 1 || this.#skips.take(nowMs, ahead - 1))) {
        this.#highest = sequenceNumber;
        this.#timestamp = timestamp;
        return true;
      }
    }
    this.#highest = sequenceNumber;
    this.#timestamp = timestamp;
    this.#clockOffset = (timestamp - ticks) | 0;
    return false;
  }

  /** Late is what a network does; ahead of time nobody can speak. */
  #isInTime(timestamp: number, ticks: number): boolean {
    return ((timestamp - ticks - this.#clockOffset) | 0) <= AHEAD_TICKS_MAX;
  }
}
