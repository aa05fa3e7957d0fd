/**
 * Puts fragments of handshake messages together and in order (RFC 6347 §4.2.3), whatever the network lost,
 * repeated or swapped, and within fixed bounds whatever a stranger claims.
 */
import { HANDSHAKE_HEADER_BYTES, type HandshakeMessage } from "./handshake-message.ts";

/** A post-quantum ClientHello has 1.4 KiB, an RSA certificate 1–2 KiB. */
const MESSAGE_BYTES_MAX = 8 * 1024;
/** A client's longest flight has four messages. */
const MESSAGES_AHEAD_MAX = 6;

interface Assembly {
  type: number;
  body: Buffer;
  /** One per byte of the body: 1 where it has arrived. */
  arrived: Uint8Array;
  missing: number;
}

/** `repeated` is a message that was taken before: the peer may not have heard the answer to it. */
export type FragmentOutcome = "accepted" | "repeated" | "malformed" | "unexpected";

export class HandshakeInbox {
  readonly #assemblies = new Map<number, Assembly>();
  #next = 0;

  /** Takes one fragment from the front of `bytes`; answers what became of it and how many bytes it had. */
  add(bytes: Buffer): { outcome: FragmentOutcome; bytesRead: number } {
    const malformed = { outcome: "malformed", bytesRead: bytes.length } as const;
    if (bytes.length < HANDSHAKE_HEADER_BYTES) return malformed;
    const type = bytes.readUInt8(0);
    const length = bytes.readUIntBE(1, 3);
    const sequence = bytes.readUInt16BE(4);
    const offset = bytes.readUIntBE(6, 3);
    const fragmentLength = bytes.readUIntBE(9, 3);
    const bytesRead = HANDSHAKE_HEADER_BYTES + fragmentLength;
    if (bytesRead > bytes.length || length > MESSAGE_BYTES_MAX || offset + fragmentLength > length)
      return malformed;
    // An empty fragment of a message that isn't empty brings nothing, for ever.
    if (fragmentLength === 0 && length > 0) return malformed;
    if (sequence < this.#next) return { outcome: "repeated", bytesRead };
    if (sequence >= this.#next + MESSAGES_AHEAD_MAX) return { outcome: "unexpected", bytesRead };
    const body = bytes.subarray(HANDSHAKE_HEADER_BYTES, bytesRead);
    return { outcome: this.#merge(sequence, type, length, offset, body), bytesRead };
  }

  /** The next message in order, once it is whole. */
  take(): HandshakeMessage | undefined {
    const assembly = this.#assemblies.get(this.#next);
    if (!assembly || assembly.missing > 0) return undefined;
    this.#assemblies.delete(this.#next);
    return { type: assembly.type, messageSequence: this.#next++, body: assembly.body };
  }

  /** What was taken last was nobody's: a message of its number is still to come. */
  reject(): void {
    this.#next--;
  }

  #merge(sequence: number, type: number, length: number, offset: number, body: Buffer): FragmentOutcome {
    const known = this.#assemblies.get(sequence);
    // Two fragments that disagree on their message: one is not the peer's, and the first may be theirs.
    if (known && (known.type !== type || known.body.length !== length)) return "malformed";
    const assembly = known ?? {
      type,
      body: Buffer.alloc(length),
      arrived: new Uint8Array(length),
      missing: length,
    };
    if (!known) this.#assemblies.set(sequence, assembly);
    for (let index = 0; index < body.length; index++) {
      if (assembly.arrived[offset + index]) continue;
      assembly.arrived[offset + index] = 1;
      assembly.body[offset + index] = body[index] as number;
      assembly.missing--;
    }
    return "accepted";
  }
}
