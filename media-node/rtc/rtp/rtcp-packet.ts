/**
 * Walks a compound RTCP packet (RFC 3550 §6.1, RFC 5506) in place. All of its lengths must add up, or none of
 * it is believed.
 */
const HEADER_BYTES = 4;
const RTCP_BYTES_MIN = 8;
const PACKETS_MAX = 32;

/** May the bytes be (S)RTCP at all: version 2, and the first packet's header and sender SSRC are there? */
export const looksLikeRtcp = (packet: Uint8Array): boolean =>
  packet.length >= RTCP_BYTES_MIN && (packet[0] as number) >> 6 === 2;

/**
 * Calls `visit` with type, count field, and the bounds of each part's body. False, and no call, where a part
 * overruns, has another version, or is padded without being the last.
 */
export function walkRtcp(
  packet: Uint8Array,
  length: number,
  visit: (type: number, count: number, start: number, end: number) => void,
): boolean {
  if (!isWellFormed(packet, length)) return false;
  for (let offset = 0; offset < length; offset = partEnd(packet, offset)) {
    const end = partEnd(packet, offset);
    const first = packet[offset] as number;
    const padding = first & 0x20 ? (packet[end - 1] as number) : 0;
    visit(packet[offset + 1] as number, first & 0x1f, offset + HEADER_BYTES, end - padding);
  }
  return true;
}

function isWellFormed(packet: Uint8Array, length: number): boolean {
  let offset = 0;
  for (let parts = 0; offset < length; parts++) {
    if (parts === PACKETS_MAX || offset + HEADER_BYTES > length) return false;
    const first = packet[offset] as number;
    const type = packet[offset + 1] as number;
    const end = partEnd(packet, offset);
    if (first >> 6 !== 2 || type < 192 || type > 223 || end > length) return false;
    if (first & 0x20) {
      const padding = packet[end - 1] as number;
      if (end !== length || padding === 0 || padding % 4 !== 0 || padding > end - offset - HEADER_BYTES)
        return false;
    }
    offset = end;
  }
  return length > 0;
}

const partEnd = (packet: Uint8Array, offset: number): number =>
  offset + 4 + (((packet[offset + 2] as number) << 8) | (packet[offset + 3] as number)) * 4;
