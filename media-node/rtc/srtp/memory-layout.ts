/** Where things lie in the memory of the SRTP kernel. Addresses are numbers; below 0x1000 is the kernel's own. */

export const MEMORY_PAGES = 2_048;

/** More than an Ethernet frame, and behind it the padding of HMAC-SHA1 and a vector's overrun. */
export const PACKET_SPACE_BYTES = 2_048;

/** Counter blocks on their way through AES. */
export const COUNTERS = 0x1000;
export const COUNTERS_BYTES_MAX = 0x1000;
/** Keystream of one packet that no prefetch covers. */
export const KEYSTREAM_ONCE = 0x2000;
/** A received packet; opened in place. */
export const RECEIVED = 0x3000;
/** A packet to seal: header and text. */
export const STAGED = 0x4000;
/** The header of packets to seal whose text lies elsewhere. */
export const HEADER = 0x5800;
/** Small inputs of the session: additional data, key blocks. */
export const INPUT = 0x5000;
/** A sealed packet that the caller copies out at once. */
export const SEALED_ONCE = 0x6000;
export const HEAP = 0x8000;
