/** Where things lie in the memory of the SRTP kernel. Addresses are numbers; below 0x1000 is the kernel's own. */

import { PEERS_PER_NODE_MAX, VOICES_PER_LISTENER } from "@parley/contract/limits";

/** Enough for 16 packets of 144 bytes; of 112 bytes and less it covers 20. */
export const KEYSTREAM_BLOCKS = 160;
export const KEYSTREAM_BYTES = KEYSTREAM_BLOCKS * 16;
/** One key of one direction. */
export const CONTEXT_BYTES = 80;
/** SRTP and SRTCP, both ways. */
export const SESSION_BYTES = 4 * CONTEXT_BYTES;
/** A peer hears so many voices and is heard with one. */
const PEER_BYTES = SESSION_BYTES + (VOICES_PER_LISTENER + 1) * KEYSTREAM_BYTES;
/** Sealed packets that wait for a socket, and what lies below the heap. */
const SHARED_BYTES = 4 * 1024 * 1024;
const PAGE_BYTES = 0x10000;

/** As large as a full node needs; pages that nobody touches cost nothing. */
export const MEMORY_PAGES = Math.ceil((PEERS_PER_NODE_MAX * PEER_BYTES + SHARED_BYTES) / PAGE_BYTES);
/** What stays free for that without which nobody can be served, however much is prepared ahead. */
export const RESERVED_BYTES = PEERS_PER_NODE_MAX * SESSION_BYTES + SHARED_BYTES;

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
