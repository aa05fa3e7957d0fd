/** Bends bytes as an attacker or a broken network would: a few random changes each, repeatable from the seed. */

const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 20, 31, 63, 64, 127, 128, 192, 254, 255];
const CHANGES_MAX = 6;

export function mutate(
  original: Buffer,
  others: readonly Buffer[],
  random: () => number,
  bytesMax: number,
): Buffer {
  let bytes = Buffer.from(original);
  const below = (limit: number) => Math.floor(random() * limit);
  const changes = 1 + below(CHANGES_MAX);
  for (let change = 0; change < changes; change++) {
    const at = below(Math.max(1, bytes.length));
    switch (below(8)) {
      case 0: // a bit
        if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << below(8));
        break;
      case 1: // a byte at the edge of something
        if (bytes.length > 0) bytes[at] = INTERESTING[below(INTERESTING.length)] as number;
        break;
      case 2: // a 16-bit length
        if (bytes.length > 1)
          bytes.writeUInt16BE(below(4) === 0 ? 0xffff : below(0x10000), Math.min(at, bytes.length - 2));
        break;
      case 3: // cut
        bytes = bytes.subarray(0, at);
        break;
      case 4: // grow
        bytes = Buffer.concat([bytes, Buffer.alloc(below(64), below(256))]);
        break;
      case 5: // a piece again
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(at + 1))]);
        break;
      case 6: {
        // a piece of another one
        const other = others[below(others.length)] ?? bytes;
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(below(other.length))]);
        break;
      }
      default: // a piece less
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(16))]);
    }
  }
  return bytes.subarray(0, bytesMax);
}
