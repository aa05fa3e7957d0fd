/** Handshake messages of DTLS 1.2 (RFC 6347 §4.2.2). */

export const HANDSHAKE_HEADER_BYTES = 12;

export const handshakeType = {
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

export interface HandshakeMessage {
  type: number;
  messageSequence: number;
  body: Buffer;
}

/** As one fragment, which is also how the transcript counts it, however it came (RFC 6347 §4.2.6). */
export function writeHandshake({ type, messageSequence, body }: HandshakeMessage): Buffer {
  const bytes = Buffer.alloc(HANDSHAKE_HEADER_BYTES + body.length);
  bytes.writeUInt8(type, 0);
  bytes.writeUIntBE(body.length, 1, 3);
  bytes.writeUInt16BE(messageSequence, 4);
  bytes.writeUIntBE(body.length, 9, 3);
  bytes.set(body, HANDSHAKE_HEADER_BYTES);
  return bytes;
}
