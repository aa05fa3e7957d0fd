/**
 * Reads a STUN Binding request (RFC 8489 §5, §14; RFC 8445 §7.1) without trusting a byte of it: every length
 * is checked against the datagram, nothing is kept, nothing is thrown. Whether its sender knows the password
 * is `hasIntegrity`'s to say.
 */
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

export const STUN_HEADER_BYTES = 20;
export const MAGIC_COOKIE = 0x2112a442;
export const FINGERPRINT_XOR = 0x5354554e;
/** A check is about 100 bytes; more than this never fitted IPv4's least MTU (RFC 8489 §6.1). */
const STUN_BYTES_MAX = 548;
const BINDING_REQUEST = 0x0001;
const INTEGRITY_BYTES = 20;
const USERNAME_BYTES_MAX = 512;

export const attribute = {
  mappedAddressXor: 0x0020,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  username: 0x0006,
  messageIntegrity: 0x0008,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

const UNDERSTOOD = new Set<number>(Object.values(attribute));

export interface BindingRequest {
  bytes: Buffer;
  /** The receiver's own half of USERNAME, and the sender's (RFC 8445 §7.2.2). */
  localUfrag: string;
  remoteUfrag: string;
  useCandidate: boolean;
  /** RFC 8445 §7.1.1; 0 where it is missing. */
  priority: number;
  /** The sender believes itself controlled, which an ICE-lite node is. */
  claimsControlled: boolean;
  /** Attributes that the sender wants understood (below 0x8000) and that we don't know. */
  unknownAttributes: number[];
  integrityOffset: number;
}

export type BindingRefusal =
  | "stun_malformed"
  | "stun_not_a_request"
  | "stun_bad_fingerprint"
  | "stun_no_integrity";

export function parseBindingRequest(bytes: Buffer): BindingRequest | BindingRefusal {
  if (bytes.length < STUN_HEADER_BYTES || bytes.length > STUN_BYTES_MAX) return "stun_malformed";
  if (bytes.readUInt32BE(4) !== MAGIC_COOKIE) return "stun_malformed";
  if (bytes.readUInt16BE(2) !== bytes.length - STUN_HEADER_BYTES) return "stun_malformed";
  if (bytes.readUInt16BE(0) !== BINDING_REQUEST) return "stun_not_a_request";

  const request = {
    bytes,
    useCandidate: false,
    priority: 0,
    claimsControlled: false,
    unknownAttributes: [] as number[],
    integrityOffset: 0,
  };
  let username: string | undefined;
  let fingerprinted = false;
  let offset = STUN_HEADER_BYTES;
  while (offset < bytes.length) {
    if (fingerprinted || offset + 4 > bytes.length) return "stun_malformed";
    const type = bytes.readUInt16BE(offset);
    const length = bytes.readUInt16BE(offset + 2);
    const start = offset + 4;
    const next = start + length + (-length & 3);
    if (next > bytes.length) return "stun_malformed";
    if (type === attribute.fingerprint) {
      if (length !== 4 || !matchesFingerprint(bytes, offset)) return "stun_bad_fingerprint";
      fingerprinted = true;
    } else if (request.integrityOffset === 0) {
      // §14.5: whatever follows MESSAGE-INTEGRITY isn't covered by it, and is ignored.
      if (type === attribute.messageIntegrity) {
        if (length !== INTEGRITY_BYTES) return "stun_malformed";
        request.integrityOffset = offset;
      } else if (type === attribute.username) {
        if (username !== undefined || length > USERNAME_BYTES_MAX) return "stun_malformed";
        username = bytes.toString("latin1", start, start + length);
      } else if (type === attribute.priority && length === 4) request.priority = bytes.readUInt32BE(start);
      else if (type === attribute.useCandidate) request.useCandidate = true;
      else if (type === attribute.iceControlled) request.claimsControlled = true;
      else if (type < 0x8000 && !UNDERSTOOD.has(type)) request.unknownAttributes.push(type);
    }
    offset = next;
  }
  if (!fingerprinted) return "stun_bad_fingerprint";
  if (request.integrityOffset === 0 || username === undefined) return "stun_no_integrity";
  const colon = username.indexOf(":");
  if (colon < 0) return "stun_malformed";
  return { ...request, localUfrag: username.slice(0, colon), remoteUfrag: username.slice(colon + 1) };
}

/** RFC 8489 §14.5: HMAC-SHA1 over the message up to the attribute, its length counted as if that were last. */
export function hasIntegrity(
  { bytes, integrityOffset }: Pick<BindingRequest, "bytes" | "integrityOffset">,
  password: string,
): boolean {
  const start = integrityOffset + 4;
  const given = bytes.subarray(start, start + INTEGRITY_BYTES);
  return timingSafeEqual(messageIntegrity(bytes.subarray(0, integrityOffset), password), given);
}

/** The HMAC for a message that will end with MESSAGE-INTEGRITY right after `covered`. */
export function messageIntegrity(covered: Uint8Array, password: string): Buffer {
  const header = Buffer.from(covered.subarray(0, STUN_HEADER_BYTES));
  header.writeUInt16BE(covered.length + 4 + INTEGRITY_BYTES - STUN_HEADER_BYTES, 2);
  // Node 24 is five times faster with a KeyObject than with raw bytes.
  const key = createSecretKey(password, "utf8");
  return createHmac("sha1", key).update(header).update(covered.subarray(STUN_HEADER_BYTES)).digest();
}

function matchesFingerprint(bytes: Buffer, offset: number): boolean {
  return (crc32(bytes.subarray(0, offset)) ^ FINGERPRINT_XOR) >>> 0 === bytes.readUInt32BE(offset + 4);
}
