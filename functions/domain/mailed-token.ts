/** Tokens in mailed links: 256 random bits, of which the database has only SHA-256. */
import { createHash, randomBytes } from "node:crypto";

export function create(): { text: string; hash: Uint8Array } {
  const text = randomBytes(32).toString("base64url");
  return { text, hash: hashOf(text) };
}

export const hashOf = (text: string): Uint8Array => createHash("sha256").update(text).digest();
