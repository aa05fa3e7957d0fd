/**
 * Does a talker's packet go on where the one before it ended, or has its number jumped (RFC 3550 A.1)? A gap is
 * handed on to listeners as a loss, and who misses 2^15 numbers of a stream has lost its rollover counter for good
 * (RFC 3711 §3.3.1). So a talker may skip numbers only as fast as packets can really be lost.
 */
import { TokenBucket } from "./token-bucket.ts";

/** Opus has 400 frames a second at the most. In the 15 s that consent lasts that is far below 2^15. */
const SKIPPED_PER_SECOND = 400;
/** A network may be away for a second, and what was lost is told at once. */
const SKIPPED_BURST = 400;
/** What may still come late: SRTP's replay window lets nothing older in. */
const BEHIND_MAX = 128;

export class TalkerSequence {
  readonly #skips: TokenBucket;
  #highest = -1;

  constructor(nowMs: number) {
    this.#skips = new TokenBucket(SKIPPED_PER_SECOND, SKIPPED_BURST, nowMs);
  }

  /** False for the first packet, and for one that has jumped: what was known of the order before is void. */
  goesOn(sequence: number, nowMs: number): boolean {
    const ahead = (sequence - this.#highest) & 0xffff;
    if (this.#highest >= 0) {
      if (ahead === 0 || ahead >= 0x10000 - BEHIND_MAX) return true;
      if (ahead === 1 || this.#skips.take(nowMs, ahead - 1)) {
        this.#highest = sequence;
        return true;
      }
    }
    this.#highest = sequence;
    return false;
  }
}
