/** Secrets of a TLS 1.2 session with SHA-256 as its PRF (RFC 5246 §5, §6.3, §8.1; RFC 5705; RFC 7627). */
import { createHash, createHmac, createSecretKey } from "node:crypto";

const MASTER_SECRET_BYTES = 48;
const VERIFY_DATA_BYTES = 12;
const KEY_BYTES = 16;
const SALT_BYTES = 4;

export interface SessionRandoms {
  client: Buffer;
  server: Buffer;
}

export interface RecordKeys {
  clientKey: Buffer;
  serverKey: Buffer;
  clientSalt: Buffer;
  serverSalt: Buffer;
}

/** RFC 7627 §4: bound to everything said so far, not just to the two randoms. */
export const extendedMasterSecret = (preMasterSecret: Buffer, transcript: Buffer): Buffer =>
  prf(preMasterSecret, "extended master secret", sha256(transcript), MASTER_SECRET_BYTES);

export function recordKeys(masterSecret: Buffer, randoms: SessionRandoms): RecordKeys {
  const seed = Buffer.concat([randoms.server, randoms.client]);
  const block = prf(masterSecret, "key expansion", seed, 2 * (KEY_BYTES + SALT_BYTES));
  const part = sliceInOrder(block);
  return {
    clientKey: part(KEY_BYTES),
    serverKey: part(KEY_BYTES),
    clientSalt: part(SALT_BYTES),
    serverSalt: part(SALT_BYTES),
  };
}

export const verifyData = (
  masterSecret: Buffer,
  label: "client finished" | "server finished",
  transcript: Buffer,
): Buffer => prf(masterSecret, label, sha256(transcript), VERIFY_DATA_BYTES);

/** RFC 5764 §4.2: the keys of SRTP, each in its direction; lengths in bytes. */
export function srtpKeyMaterial(
  masterSecret: Buffer,
  randoms: SessionRandoms,
  lengths: { key: number; salt: number },
): RecordKeys {
  const seed = Buffer.concat([randoms.client, randoms.server]);
  const length = 2 * (lengths.key + lengths.salt);
  const part = sliceInOrder(prf(masterSecret, "EXTRACTOR-dtls_srtp", seed, length));
  return {
    clientKey: part(lengths.key),
    serverKey: part(lengths.key),
    clientSalt: part(lengths.salt),
    serverSalt: part(lengths.salt),
  };
}

function prf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  // Node 24 is five times faster with a KeyObject than with raw bytes.
  const key = createSecretKey(secret);
  const labelled = Buffer.concat([Buffer.from(label, "ascii"), seed]);
  const blocks: Buffer[] = [];
  let a = labelled;
  for (let bytes = 0; bytes < length; bytes += 32) {
    a = createHmac("sha256", key).update(a).digest();
    blocks.push(createHmac("sha256", key).update(a).update(labelled).digest());
  }
  return Buffer.concat(blocks, length);
}

const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();

function sliceInOrder(bytes: Buffer): (length: number) => Buffer {
  let offset = 0;
  return (length) => {
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
}
