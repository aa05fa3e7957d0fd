/**
 * Signed tokens (RFC 7519, compact JWS of RFC 7515 §3.1). `jose` signs through WebCrypto, which hands each signature to
 * libuv's pool, where password hashes run: 0.3 ms of CPU and a wait behind them for what takes 0.06 ms at once. What
 * it verifies it does well, and goes on doing.
 */
import { KeyObject, sign } from "node:crypto";
import { TOKEN_ISSUER } from "@parley/contract/join";
import { type KeyRing, SIGNING_ALGORITHM, type SigningKey, signingKeyOf } from "../keys.ts";

export interface IssuedToken {
  token: string;
  expiresAt: Date;
}

const keyObjects = new WeakMap<SigningKey, KeyObject>();
/** RFC 7518 §3.4: R and S side by side, not DER. */
const SIGNATURE = { dsaEncoding: "ieee-p1363" } as const;

/** Issued now by the ring's present key; `typ` keeps one kind from standing in for another. */
export function signToken(
  ring: KeyRing,
  { typ, lifetimeSeconds, claims }: { typ: string; lifetimeSeconds: number; claims: object },
  now: Date,
): IssuedToken {
  const key = signingKeyOf(ring, now);
  const iat = Math.floor(now.getTime() / 1000);
  const exp = iat + lifetimeSeconds;
  const header = encode({ alg: SIGNING_ALGORITHM, typ, kid: key.kid });
  const payload = encode({ ...claims, iss: TOKEN_ISSUER, jti: crypto.randomUUID(), iat, exp });
  const signed = `${header}.${payload}`;
  const signature = sign("sha256", Buffer.from(signed), keyObjectOf(key));
  return { token: `${signed}.${signature.toString("base64url")}`, expiresAt: new Date(exp * 1000) };
}

function keyObjectOf(key: SigningKey): KeyObject {
  // On the key itself: of an object around it Node finds out that it is no key by an error thrown and caught.
  const known = keyObjects.get(key) ?? Object.assign(KeyObject.from(key.privateKey), SIGNATURE);
  keyObjects.set(key, known);
  return known;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
