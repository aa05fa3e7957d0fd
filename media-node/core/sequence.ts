/** Arithmetic on RTP's wrapping counters (RFC 3550 §5.1, RFC 1982). */

const SEQUENCE_MODULUS = 0x10000;
const TIMESTAMP_MODULUS = 0x100000000;

/** Is 16-bit `a` after `b`? Half the circle ahead counts as newer; equal does not. */
export const isNewer = (a: number, b: number): boolean => {
  const ahead = (a - b) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
};

export const addSequence = (sequence: number, delta: number): number =>
  (sequence + delta) & (SEQUENCE_MODULUS - 1);

export const addTimestamp = (timestamp: number, delta: number): number =>
  (((timestamp + delta) % TIMESTAMP_MODULUS) + TIMESTAMP_MODULUS) % TIMESTAMP_MODULUS;
