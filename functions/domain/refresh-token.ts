/**
 * Refresh tokens: 16 bytes that name the session, 256 bits that nobody can guess, and a 128-bit tag that only we
 * can make; base64url. The database has nothing but SHA-256 of the present one and the one before.
 *
 * The tag is what makes "an old token was used again" mean something: without it, who knows a session's id (it
 * stands in access tokens, and media nodes see it) could present rubbish in its name and have it revoked. With it,
 * a token that isn't current and bears our tag was once given out, to the person or to who stole it from them.
 *
 * A successor is a keyed hash of its parent, so the same parent gives the same successor however often and
 * wherever it is asked for, and nothing needs to be kept for that.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { SessionId } from "@parley/contract/ids";
import { deriveMacKey, type SigningKeys } from "../keys.ts";

export interface RefreshToken {
  sessionId: SessionId;
  text: string;
  /** SHA-256 over its bytes: what the database has. */
  hash: Uint8Array;
}

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;

export const first = (keys: SigningKeys, sessionId: SessionId): RefreshToken =>
  assemble(keys, sessionId, randomBytes(SECRET_BYTES));

export function successorOf(keys: SigningKeys, parent: RefreshToken): RefreshToken {
  const secret = createHmac("sha256", deriveMacKey(keys, "refresh successor")).update(parent.hash).digest();
  return assemble(keys, parent.sessionId, secret);
}

/** Undefined for what we never gave out. */
export function parse(keys: SigningKeys, text: string): RefreshToken | undefined {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length !== ID_BYTES + SECRET_BYTES + TAG_BYTES) return undefined;
  const body = bytes.subarray(0, ID_BYTES + SECRET_BYTES);
  if (!timingSafeEqual(bytes.subarray(body.length), tagOf(keys, body))) return undefined;
  const hex = body.toString("hex", 0, ID_BYTES);
  const sessionId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") as SessionId;
  return { sessionId, text: bytes.toString("base64url"), hash: sha256(bytes) };
}

export const sameHash = (one: Uint8Array | null, other: Uint8Array): boolean =>
  one !== null && one.length === other.length && timingSafeEqual(one, other);

function assemble(keys: SigningKeys, sessionId: SessionId, secret: Uint8Array): RefreshToken {
  const body = Buffer.concat([Buffer.from(sessionId.replaceAll("-", ""), "hex"), secret]);
  const bytes = Buffer.concat([body, tagOf(keys, body)]);
  return { sessionId, text: bytes.toString("base64url"), hash: sha256(bytes) };
}

const tagOf = (keys: SigningKeys, body: Uint8Array): Buffer =>
  createHmac("sha256", deriveMacKey(keys, "refresh tag")).update(body).digest().subarray(0, TAG_BYTES);

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
