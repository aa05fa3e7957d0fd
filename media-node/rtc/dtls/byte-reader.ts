/** Reads TLS vectors (RFC 5246 §4) from bytes that may lie: an overrun is a `malformed` failure. */
import { DtlsFailure } from "./dtls-failure.ts";

export class ByteReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** A view of the next bytes. */
  bytes(length: number): Buffer {
    if (length > this.remaining) throw new DtlsFailure("malformed");
    const start = this.#offset;
    this.#offset += length;
    return this.#bytes.subarray(start, this.#offset);
  }

  uint8(): number {
    return this.bytes(1).readUInt8(0);
  }

  uint16(): number {
    return this.bytes(2).readUInt16BE(0);
  }

  /** A vector whose length stands in 1, 2 or 3 bytes. */
  vector(lengthBytes: 1 | 2 | 3): Buffer {
    return this.bytes(this.bytes(lengthBytes).readUIntBE(0, lengthBytes));
  }

  /** Every byte must have been read: what follows a message belongs to nobody. */
  end(): void {
    if (this.remaining > 0) throw new DtlsFailure("malformed");
  }
}

/** The numbers in a vector of 16-bit ones. */
export function uint16s(vector: Buffer): number[] {
  if (vector.length % 2 !== 0) throw new DtlsFailure("malformed");
  return Array.from({ length: vector.length / 2 }, (_, index) => vector.readUInt16BE(index * 2));
}
