/** 48-bit SRTP packet indices: rollover counter × 65,536 + sequence number (RFC 3711 §3.3.1). */

/** Of one turn of the rollover counter. */
export const SEQUENCES = 0x10000;

/** RFC 3711 §9.2: a key must be replaced before its indices run out. */
export const PACKET_INDEX_MAX = 2 ** 48 - 1;

/**
 * The index that a sequence number most likely means, given the highest one authenticated so far: the one of
 * the three nearest rollovers that lies within half the circle, never below zero.
 */
export function estimateIndex(highest: number, sequence: number): number {
  const highestSequence = highest % SEQUENCES;
  const sameRollover = highest - highestSequence + sequence;
  if (highestSequence < 0x8000) {
    const isBefore = sequence - highestSequence > 0x8000 && highest >= SEQUENCES;
    return isBefore ? sameRollover - SEQUENCES : sameRollover;
  }
  return highestSequence - 0x8000 > sequence ? sameRollover + SEQUENCES : sameRollover;
}
