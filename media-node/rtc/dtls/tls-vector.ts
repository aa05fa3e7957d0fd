/** Writes numbers and vectors as TLS lays them out (RFC 5246 §4). */

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function vector(lengthBytes: 1 | 2 | 3, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(body.length, 0, lengthBytes);
  return Buffer.concat([length, body]);
}

export const extension = (type: number, ...parts: Uint8Array[]): Buffer =>
  Buffer.concat([uint16(type), vector(2, ...parts)]);
