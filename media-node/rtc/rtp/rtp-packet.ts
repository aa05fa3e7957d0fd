/**
 * Looks at RTP packets in place (RFC 3550 §5.1, RFC 8285): every length that a packet claims is checked
 * against what it has before anything else touches it. Nothing is allocated and nothing thrown.
 */
const FIXED_HEADER_BYTES = 12;
const ONE_BYTE_PROFILE = 0xbede;

/** Bytes of header, CSRCs and extension; −1 where the packet can't be RTP version 2 or claims more than it has. */
export function rtpHeaderBytes(packet: Uint8Array, length = packet.length): number {
  if (length < FIXED_HEADER_BYTES) return -1;
  const first = packet[0] as number;
  if (first >> 6 !== 2) return -1;
  let bytes = FIXED_HEADER_BYTES + (first & 0x0f) * 4;
  if (bytes > length) return -1;
  if (first & 0x10) {
    if (bytes + 4 > length) return -1;
    bytes += 4 + readUint16(packet, bytes + 2) * 4;
    if (bytes > length) return -1;
  }
  return bytes;
}

/** Bytes of payload without padding; −1 where the padding is longer than what there is. Opened packets only. */
export function rtpPayloadBytes(packet: Uint8Array, headerBytes: number, length: number): number {
  const payload = length - headerBytes;
  if (((packet[0] as number) & 0x20) === 0) return payload;
  const padding = payload > 0 ? (packet[length - 1] as number) : 0;
  return padding === 0 || padding > payload ? -1 : payload - padding;
}

export const rtpMarker = (packet: Uint8Array): boolean => ((packet[1] as number) & 0x80) !== 0;
export const rtpPayloadType = (packet: Uint8Array): number => (packet[1] as number) & 0x7f;
export const rtpSequenceNumber = (packet: Uint8Array): number => readUint16(packet, 2);
/** 32 bits with a sign: above 2^31 V8 would allocate the number. */
export const rtpTimestamp = (packet: Uint8Array): number => readInt32(packet, 4);
export const rtpSsrc = (packet: Uint8Array): number => readInt32(packet, 8) >>> 0;

/**
 * Offset of a one-byte header extension's data (RFC 8285 §4.2), −1 where it isn't there. `headerBytes` must
 * come from `rtpHeaderBytes`.
 */
export function rtpExtensionOffset(packet: Uint8Array, headerBytes: number, id: number): number {
  const first = packet[0] as number;
  if ((first & 0x10) === 0) return -1;
  let offset = FIXED_HEADER_BYTES + (first & 0x0f) * 4;
  if (readUint16(packet, offset) !== ONE_BYTE_PROFILE) return -1;
  offset += 4;
  while (offset < headerBytes) {
    const head = packet[offset] as number;
    if (head === 0) {
      offset++;
      continue;
    }
    if (head >> 4 === 15) return -1;
    const end = offset + 2 + (head & 0x0f);
    if (end > headerBytes) return -1;
    if (head >> 4 === id) return offset + 1;
    offset = end;
  }
  return -1;
}

const readUint16 = (bytes: Uint8Array, offset: number): number =>
  ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);

const readInt32 = (bytes: Uint8Array, offset: number): number =>
  (readUint16(bytes, offset) << 16) | readUint16(bytes, offset + 2);
