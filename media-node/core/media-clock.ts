/**
 * Time as Opus streams count it: 48 kHz whatever the encoder does (RFC 7587 §4.1), as 32 bits with a sign. So a moment
 * is a small integer, which V8 as Node builds it keeps inside the object that has it; milliseconds would be an object
 * of their own, and a cache line more for each listener of a packet. It goes round in 24.9 hours.
 */
export const TICKS_PER_MS = 48;

/** `nowMs` is the node's own time, of whatever start. */
export const ticksAt = (nowMs: number): number => Math.round(nowMs * TICKS_PER_MS) | 0;

/** From one moment to another that isn't earlier, modulo the clock's round, as RTP timestamps count. */
export const ticksBetween = (from: number, to: number): number => (to - from) >>> 0;
