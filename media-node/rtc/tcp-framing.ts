/** Packets on a TCP stream, each after its 16-bit length (RFC 4571 §2), as ICE-TCP carries them (RFC 6544). */

/** Voice packets, checks and handshake records are all smaller; a longer one ends the stream. */
export const FRAME_BYTES_MAX = 2_048;
const LENGTH_BYTES = 2;

export class FrameReader {
  #held: Buffer = Buffer.alloc(0);

  /**
   * Takes what arrived and gives whole packets to `take`, one by one, until that answers false. False once a frame is
   * longer than may be, or empty (the null packet of RFC 4571 §2 is of no use here but to a flood): then close.
   */
  read(chunk: Buffer, take: (packet: Buffer) => boolean): boolean {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (rest.length >= LENGTH_BYTES) {
      const length = rest.readUInt16BE(0);
      if (length === 0 || length > FRAME_BYTES_MAX) return false;
      if (rest.length < LENGTH_BYTES + length) break;
      if (!take(rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length))) return true;
      rest = rest.subarray(LENGTH_BYTES + length);
    }
    // A copy: a view would keep the whole chunk alive for the sake of its last bytes.
    this.#held = Buffer.from(rest);
    return true;
  }
}

/** A copy with its length in front: the socket keeps it until the kernel takes it. */
export function writeFrame(packet: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + packet.length);
  frame.writeUInt16BE(packet.length, 0);
  frame.set(packet, LENGTH_BYTES);
  return frame;
}
