/** Arithmetic on RTP's wrapping counters (RFC 3550 §5.1, RFC 1982). */

const SEQUENCE_MODULUS = 0x10000;

/** Is 16-bit `a` after `b`? Half the circle ahead counts as newer; equal does not. */
export const isNewer = (a: number, b: number): boolean => {
  const ahead = (a - b) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
};

export const addSequence = (sequence: number, delta: number): number =>
  (sequence + delta) & (SEQUENCE_MODULUS - 1);

/** As 32 bits with a sign, whatever sign the arguments have: above 2^31 V8 would allocate each result. */
export const addTimestamp = (timestamp: number, delta: number): number => (timestamp + delta) | 0;
