/**
 * The last packets of one stream as they were sent, for a listener who misses some (RFC 4585 §6.2.1). A packet is
 * repeated byte for byte: sealing it anew would use its index twice.
 */
const PACKETS = 16;
/** Voice is smaller; a larger packet isn't kept. */
const PACKET_BYTES_MAX = 256;
/** One that was lost twice more came too late anyway, and a storm of requests must not become one of answers. */
const REPEATS_MAX = 2;

export class NackRing {
  readonly #bytes = new Uint8Array(PACKETS * PACKET_BYTES_MAX);
  readonly #lengths = new Uint16Array(PACKETS);
  readonly #sequences = new Uint16Array(PACKETS);
  readonly #repeats = new Uint8Array(PACKETS);

  /** Copies a sealed packet that was sent: so many bytes of a source, from `start` on. No view of it is made. */
  store(sequenceNumber: number, source: Buffer, start: number, bytes: number): void {
    const slot = sequenceNumber % PACKETS;
    const fits = bytes <= PACKET_BYTES_MAX;
    this.#lengths[slot] = fits ? bytes : 0;
    this.#sequences[slot] = sequenceNumber;
    this.#repeats[slot] = 0;
    if (fits) source.copy(this.#bytes, slot * PACKET_BYTES_MAX, start, start + bytes);
  }

  /** A packet to be sent again: a copy of its own. Undefined for one that is gone or was repeated enough. */
  findAgain(sequenceNumber: number): Uint8Array | undefined {
    const slot = sequenceNumber % PACKETS;
    const length = this.#lengths[slot] ?? 0;
    if (length === 0 || this.#sequences[slot] !== sequenceNumber) return undefined;
    const repeats = this.#repeats[slot] ?? 0;
    if (repeats >= REPEATS_MAX) return undefined;
    this.#repeats[slot] = repeats + 1;
    const start = slot * PACKET_BYTES_MAX;
    return this.#bytes.slice(start, start + length);
  }
}

/**
 * Calls `visit` with the sequence numbers that a generic NACK asks for: its body behind the media SSRC is pairs of a
 * packet id and a bitmask of the sixteen after it. Stops after as many pairs as a ring has packets: nobody who asks
 * honestly needs more, and a packet has room for 344.
 */
export function walkNack(
  packet: Uint8Array,
  start: number,
  end: number,
  visit: (sequenceNumber: number) => void,
): void {
  const last = Math.min(end, start + 4 * PACKETS);
  for (let at = start; at + 4 <= last; at += 4) {
    const first = ((packet[at] as number) << 8) | (packet[at + 1] as number);
    const mask = ((packet[at + 2] as number) << 8) | (packet[at + 3] as number);
    visit(first);
    for (let bit = 0; bit < 16; bit++) if ((mask >>> bit) & 1) visit((first + bit + 1) & 0xffff);
  }
}
