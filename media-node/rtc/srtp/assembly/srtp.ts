/**
 * AssemblyScript, not TypeScript: the arithmetic of SRTP over keystream that the host has made. It keeps no
 * heap; the host owns the memory (../srtp-kernel.ts) and passes addresses. `node build-wasm.ts` builds it.
 *
 * GHASH is the constant-time 64-bit multiplication of BearSSL's documentation (Pornin, "Constant-Time Mul"),
 * SHA-1 is FIPS 180-4. Nothing branches on secret data.
 */

// Scratch, below the first address that the host uses.
const BLOCK: usize = 64;
const LENGTHS: usize = 80;
const TAG: usize = 96;
const SCHEDULE: usize = 128;
const DIGEST: usize = 448;
const OUTER: usize = 512;

// Offsets in a key of GCM: h0, h1, their bit reversals, h0 ^ h1 and its reversal.
// Offsets in a key of CM: the state of SHA-1 after the inner pad, and at 32 after the outer one.
const OUTER_STATE: usize = 32;

let y0: u64 = 0;
let y1: u64 = 0;

/** Prepares a GCM key from H = E(K, 0). */
export function ghashKey(key: usize, h: usize): void {
  const h1 = bswap<u64>(load<u64>(h));
  const h0 = bswap<u64>(load<u64>(h + 8));
  const h0r = reverse(h0);
  const h1r = reverse(h1);
  store<u64>(key, h0);
  store<u64>(key + 8, h1);
  store<u64>(key + 16, h0r);
  store<u64>(key + 24, h1r);
  store<u64>(key + 32, h0 ^ h1);
  store<u64>(key + 40, h0r ^ h1r);
}

/** Prepares an HMAC-SHA1 key (RFC 2104) from 64 bytes of K ^ ipad and 64 of K ^ opad. */
export function hmacKey(key: usize, inner: usize, outer: usize): void {
  sha1Start(key);
  sha1Block(key, inner);
  sha1Start(key + OUTER_STATE);
  sha1Block(key + OUTER_STATE, outer);
}

/**
 * Counter blocks of `packets` consecutive indices for GCM, `blocks` each, the first of them J0 (RFC 7714 §8.1,
 * §9.1: bytes 2–5 hold the SSRC, 6–11 the 48-bit index, both under the salt).
 */
export function gcmCounters(to: usize, salt: usize, ssrc: u32, roc: u32, seq: u32, packets: i32, blocks: i32): void {
  const s0 = load<u32>(salt);
  const s1 = load<u32>(salt + 4);
  const s2 = load<u32>(salt + 8);
  const w0 = (bswap<u32>(ssrc) << 16) ^ s0;
  for (let n: u32 = 0; n < <u32>packets; n++) {
    const r = bswap<u32>(roc + ((seq + n) >> 16));
    const q = <u32>bswap<u16>(<u16>(seq + n));
    const w1 = ((bswap<u32>(ssrc) >> 16) | (r << 16)) ^ s1;
    const w2 = ((r >> 16) | (q << 16)) ^ s2;
    for (let block: u32 = 1; block <= <u32>blocks; block++) {
      store<u32>(to, w0);
      store<u32>(to + 4, w1);
      store<u32>(to + 8, w2);
      store<u32>(to + 12, bswap<u32>(block));
      to += 16;
    }
  }
}

/** The same for AES counter mode: IV = (salt << 16) ^ (SSRC << 64) ^ (index << 16) (RFC 3711 §4.1.1). */
export function cmCounters(to: usize, salt: usize, ssrc: u32, roc: u32, seq: u32, packets: i32, blocks: i32): void {
  const w0 = load<u32>(salt);
  const w1 = bswap<u32>(ssrc) ^ load<u32>(salt + 4);
  const s2 = load<u32>(salt + 8);
  const s3 = <u32>load<u16>(salt + 12);
  for (let n: u32 = 0; n < <u32>packets; n++) {
    const w2 = bswap<u32>(roc + ((seq + n) >> 16)) ^ s2;
    const w3 = <u32>bswap<u16>(<u16>(seq + n)) ^ s3;
    for (let block: u32 = 0; block < <u32>blocks; block++) {
      store<u32>(to, w0);
      store<u32>(to + 4, w1);
      store<u32>(to + 8, w2);
      store<u32>(to + 12, w3 | bswap<u32>(block));
      to += 16;
    }
  }
}

/** Writes an RTP header to `out`: the template's bytes with this packet's own fields (RFC 3550 §5.1). */
export function rtpHeader(out: usize, header: usize, headerBytes: i32, marker: u32, seq: u32, timestamp: u32, ssrc: u32): void {
  // Whole blocks: what is written too far lies where the text comes next.
  for (let i = 0; i < headerBytes; i += 16) v128.store(out + i, v128.load(header + i));
  store<u8>(out + 1, <u8>((<u32>load<u8>(out + 1) & 0x7f) | (marker << 7)));
  store<u16>(out + 2, bswap<u16>(<u16>seq));
  store<u32>(out + 4, bswap<u32>(timestamp));
  store<u32>(out + 8, bswap<u32>(ssrc));
}

/** Encrypts `text` to `out` and puts 16 bytes of tag behind it. */
export function gcmSeal(key: usize, aad: usize, aadBytes: i32, text: usize, textBytes: i32, keystream: usize, out: usize): void {
  xor(text, keystream + 16, out, textBytes);
  gcmTag(key, aad, aadBytes, out, textBytes, keystream);
  v128.store(out + textBytes, v128.load(TAG));
}

/** Decrypts `text` to `out` if the 16 bytes behind it are its tag; answers whether they were. */
export function gcmOpen(key: usize, aad: usize, aadBytes: i32, text: usize, textBytes: i32, keystream: usize, tag: usize, out: usize): i32 {
  gcmTag(key, aad, aadBytes, text, textBytes, keystream);
  const difference = (load<u64>(TAG) ^ load<u64>(tag)) | (load<u64>(TAG + 8) ^ load<u64>(tag + 8));
  if (difference) return 0;
  xor(text, keystream + 16, out, textBytes);
  return 1;
}

/**
 * Encrypts `text` behind the header that already stands at `out`, then puts the 80-bit tag over both and
 * `trailer` (RFC 3711 §4.2): at `tagAt` bytes behind the text, 0 to drop the trailer, 4 to keep it.
 */
export function cmSeal(key: usize, out: usize, headerBytes: i32, text: usize, textBytes: i32, keystream: usize, trailer: u32, tagAt: i32): void {
  xor(text, keystream, out + headerBytes, textBytes);
  const end = out + headerBytes + textBytes;
  store<u32>(end, bswap<u32>(trailer));
  hmac(key, out, headerBytes + textBytes + 4);
  store<u64>(end + tagAt, load<u64>(TAG));
  store<u16>(end + tagAt + 8, load<u16>(TAG + 8));
}

/** The other way round, in place of the packet; the bytes behind it are overwritten. */
export function cmOpen(key: usize, packet: usize, headerBytes: i32, textBytes: i32, keystream: usize, trailer: u32, tagAt: i32): i32 {
  const end = packet + headerBytes + textBytes;
  const tagLow = load<u64>(end + tagAt);
  const tagHigh = load<u16>(end + tagAt + 8);
  store<u32>(end, bswap<u32>(trailer));
  hmac(key, packet, headerBytes + textBytes + 4);
  const difference = (load<u64>(TAG) ^ tagLow) | <u64>(load<u16>(TAG + 8) ^ tagHigh);
  if (difference) return 0;
  xor(packet + headerBytes, keystream, packet + headerBytes, textBytes);
  return 1;
}

/** May write up to 15 bytes too far. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has not
@inline
function xor(text: usize, keystream: usize, out: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i += 16)
    v128.store(out + i, v128.xor(v128.load(text + i), v128.load(keystream + i)));
}

/** Leaves the tag (NIST SP 800-38D §7.1) at TAG; the keystream's first block is E(K, J0). */
function gcmTag(key: usize, aad: usize, aadBytes: i32, text: usize, textBytes: i32, keystream: usize): void {
  y0 = 0;
  y1 = 0;
  ghashBytes(key, aad, aadBytes);
  ghashBytes(key, text, textBytes);
  store<u64>(LENGTHS, bswap<u64>(<u64>aadBytes << 3));
  store<u64>(LENGTHS + 8, bswap<u64>(<u64>textBytes << 3));
  ghash(key, LENGTHS, 1);
  store<u64>(TAG, bswap<u64>(y1) ^ load<u64>(keystream));
  store<u64>(TAG + 8, bswap<u64>(y0) ^ load<u64>(keystream + 8));
}

/** The last block is padded with zeros. */
function ghashBytes(key: usize, from: usize, bytes: i32): void {
  ghash(key, from, bytes >> 4);
  const rest = bytes & 15;
  if (rest == 0) return;
  v128.store(BLOCK, i64x2.splat(0));
  memory.copy(BLOCK, from + (bytes - rest), rest);
  ghash(key, BLOCK, 1);
}

function ghash(key: usize, from: usize, blocks: i32): void {
  const h0 = load<u64>(key);
  const h1 = load<u64>(key + 8);
  const h0r = load<u64>(key + 16);
  const h1r = load<u64>(key + 24);
  const h2 = load<u64>(key + 32);
  const h2r = load<u64>(key + 40);
  let a0 = y0;
  let a1 = y1;
  for (let i = 0; i < blocks; i++) {
    a1 ^= bswap<u64>(load<u64>(from));
    a0 ^= bswap<u64>(load<u64>(from + 8));
    from += 16;
    const a0r = reverse(a0);
    const a1r = reverse(a1);
    // Karatsuba; the high halves of the carry-less products come from the reversed operands.
    const z0 = multiply(a0, h0);
    const z1 = multiply(a1, h1);
    const z2 = multiply(a0 ^ a1, h2) ^ z0 ^ z1;
    let z0h = multiply(a0r, h0r);
    let z1h = multiply(a1r, h1r);
    let z2h = multiply(a0r ^ a1r, h2r) ^ z0h ^ z1h;
    z0h = reverse(z0h) >> 1;
    z1h = reverse(z1h) >> 1;
    z2h = reverse(z2h) >> 1;
    let v0 = z0;
    let v1 = z0h ^ z2;
    let v2 = z1 ^ z2h;
    let v3 = z1h;
    v3 = (v3 << 1) | (v2 >> 63);
    v2 = (v2 << 1) | (v1 >> 63);
    v1 = (v1 << 1) | (v0 >> 63);
    v0 = v0 << 1;
    // Reduction modulo x^128 + x^7 + x^2 + x + 1.
    v2 ^= v0 ^ (v0 >> 1) ^ (v0 >> 2) ^ (v0 >> 7);
    v1 ^= (v0 << 63) ^ (v0 << 62) ^ (v0 << 57);
    v3 ^= v1 ^ (v1 >> 1) ^ (v1 >> 2) ^ (v1 >> 7);
    v2 ^= (v1 << 63) ^ (v1 << 62) ^ (v1 << 57);
    a0 = v2;
    a1 = v3;
  }
  y0 = a0;
  y1 = a1;
}

/** Low 64 bits of a carry-less product: four spaced operands, so that no carry reaches a bit that counts. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has not
@inline
function multiply(x: u64, y: u64): u64 {
  const x0 = x & 0x1111111111111111;
  const x1 = x & 0x2222222222222222;
  const x2 = x & 0x4444444444444444;
  const x3 = x & 0x8888888888888888;
  const y0 = y & 0x1111111111111111;
  const y1 = y & 0x2222222222222222;
  const y2 = y & 0x4444444444444444;
  const y3 = y & 0x8888888888888888;
  const z0 = (x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1);
  const z1 = (x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2);
  const z2 = (x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3);
  const z3 = (x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0);
  return (
    (z0 & 0x1111111111111111) | (z1 & 0x2222222222222222) | (z2 & 0x4444444444444444) | (z3 & 0x8888888888888888)
  );
}

/** Reverses the order of the bits. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has not
@inline
function reverse(x: u64): u64 {
  x = ((x & 0x5555555555555555) << 1) | ((x >> 1) & 0x5555555555555555);
  x = ((x & 0x3333333333333333) << 2) | ((x >> 2) & 0x3333333333333333);
  x = ((x & 0x0f0f0f0f0f0f0f0f) << 4) | ((x >> 4) & 0x0f0f0f0f0f0f0f0f);
  return bswap<u64>(x);
}

/** HMAC-SHA1 of a message to TAG, in the message's own byte order. Up to 72 bytes behind it are overwritten. */
function hmac(key: usize, message: usize, bytes: i32): void {
  pad(message, bytes, 64);
  memory.copy(DIGEST, key, 20);
  for (let i = 0; i < bytes + 9; i += 64) sha1Block(DIGEST, message + i);
  for (let i: usize = 0; i < 20; i += 4) store<u32>(OUTER + i, bswap<u32>(load<u32>(DIGEST + i)));
  pad(OUTER, 20, 64);
  memory.copy(DIGEST, key + OUTER_STATE, 20);
  sha1Block(DIGEST, OUTER);
  for (let i: usize = 0; i < 12; i += 4) store<u32>(TAG + i, bswap<u32>(load<u32>(DIGEST + i)));
}

/** FIPS 180-4 §5.1.1, for a message that `before` bytes were hashed ahead of. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has not
@inline
function pad(message: usize, bytes: i32, before: i32): void {
  const total = (bytes + 9 + 63) & ~63;
  store<u8>(message + bytes, 0x80);
  memory.fill(message + bytes + 1, 0, total - bytes - 1);
  store<u32>(message + total - 4, bswap<u32>((before + bytes) << 3));
}

function sha1Start(state: usize): void {
  store<u32>(state, 0x67452301);
  store<u32>(state + 4, 0xefcdab89);
  store<u32>(state + 8, 0x98badcfe);
  store<u32>(state + 12, 0x10325476);
  store<u32>(state + 16, 0xc3d2e1f0);
}

function sha1Block(state: usize, from: usize): void {
  const w = SCHEDULE;
  for (let i: usize = 0; i < 64; i += 4) store<u32>(w + i, bswap<u32>(load<u32>(from + i)));
  for (let i: usize = 64; i < 320; i += 4) {
    const mixed = load<u32>(w + i - 12) ^ load<u32>(w + i - 32) ^ load<u32>(w + i - 56) ^ load<u32>(w + i - 64);
    store<u32>(w + i, rotl<u32>(mixed, 1));
  }
  let a = load<u32>(state);
  let b = load<u32>(state + 4);
  let c = load<u32>(state + 8);
  let d = load<u32>(state + 12);
  let e = load<u32>(state + 16);
  for (let i: usize = 0; i < 320; i += 4) {
    let f: u32;
    if (i < 80) f = ((b & c) | (~b & d)) + 0x5a827999;
    else if (i < 160) f = (b ^ c ^ d) + 0x6ed9eba1;
    else if (i < 240) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else f = (b ^ c ^ d) + 0xca62c1d6;
    const next = rotl<u32>(a, 5) + f + e + load<u32>(w + i);
    e = d;
    d = c;
    c = rotl<u32>(b, 30);
    b = a;
    a = next;
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state + 4, load<u32>(state + 4) + b);
  store<u32>(state + 8, load<u32>(state + 8) + c);
  store<u32>(state + 12, load<u32>(state + 12) + d);
  store<u32>(state + 16, load<u32>(state + 16) + e);
}
