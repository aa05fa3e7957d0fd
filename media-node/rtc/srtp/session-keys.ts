/** Keys of one direction, derived from its master key (RFC 3711 §4.3, RFC 7714 §11). */
import { createCipheriv, createSecretKey } from "node:crypto";
import { SRTP_KEY_BYTES, type SrtpProfile, srtpSaltBytes } from "./srtp-profile.ts";

export interface StreamKeys {
  /** 16 bytes. */
  key: Uint8Array;
  /** 12 bytes for GCM, 14 for CM. */
  salt: Uint8Array;
  /** 20 bytes of HMAC-SHA1 key; GCM has none. */
  authenticationKey: Uint8Array;
}

export interface SessionKeys {
  rtp: StreamKeys;
  rtcp: StreamKeys;
}

const AUTHENTICATION_KEY_BYTES = 20;
const BLOCK_BYTES = 16;
/** A derived key never needs more than two blocks. */
const BLOCKS = 2;

// RFC 3711 §4.3.2: encryption, authentication and salt, for SRTP 0–2 and for SRTCP 3–5.
const LABELS = 6;

/** Never re-keyed: the key derivation rate is 0. */
export function deriveSessionKeys(
  profile: SrtpProfile,
  masterKey: Uint8Array,
  masterSalt: Uint8Array,
): SessionKeys {
  const blocks = new Uint8Array(LABELS * BLOCKS * BLOCK_BYTES);
  for (let label = 0; label < LABELS; label++)
    for (let counter = 0; counter < BLOCKS; counter++) {
      const at = (label * BLOCKS + counter) * BLOCK_BYTES;
      blocks.set(masterSalt, at);
      blocks[at + 7] = (blocks[at + 7] ?? 0) ^ label;
      blocks[at + BLOCK_BYTES - 1] = counter;
    }
  const cipher = createCipheriv("aes-128-ecb", createSecretKey(masterKey), null);
  const derived = cipher.setAutoPadding(false).update(blocks);
  const part = (label: number, bytes: number) => {
    const at = label * BLOCKS * BLOCK_BYTES;
    return derived.subarray(at, at + bytes);
  };
  const stream = (label: number): StreamKeys => ({
    key: part(label, SRTP_KEY_BYTES),
    authenticationKey: part(label + 1, AUTHENTICATION_KEY_BYTES),
    salt: part(label + 2, srtpSaltBytes(profile)),
  });
  return { rtp: stream(0), rtcp: stream(3) };
}
