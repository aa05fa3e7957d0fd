/**
 * Redundant audio (RFC 2198): earlier frames repeated in front of the newest, the primary one. Block headers are
 * four bytes, F set, with payload type, timestamp offset and length; the last is one byte, F clear.
 */
const FOLLOWS = 0x80;
const BLOCKS_MAX = 8;

/**
 * Offset of the primary block, −1 where the payload can't be RED, where its blocks claim more than it has, or
 * where one of them is of another payload type.
 */
export function redPrimaryOffset(payload: Uint8Array, payloadType: number): number {
  let header = 0;
  let redundantBytes = 0;
  for (let block = 0; block < BLOCKS_MAX; block++) {
    const first = payload[header];
    if (first === undefined || (first & 0x7f) !== payloadType) return -1;
    if ((first & FOLLOWS) === 0) {
      const primary = header + 1 + redundantBytes;
      return primary < payload.length ? primary : -1;
    }
    if (header + 4 > payload.length) return -1;
    redundantBytes += (((payload[header + 2] as number) & 0x03) << 8) | (payload[header + 3] as number);
    header += 4;
  }
  return -1;
}
