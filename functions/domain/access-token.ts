/** Access tokens (RFC 9068 in shape): who is calling, for ten minutes. They hold no rights. */
import { AppError } from "@parley/contract/errors";
import { type SessionId, sessionIdSchema, type UserId, userIdSchema } from "@parley/contract/ids";
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, TOKEN_ISSUER } from "@parley/contract/join";
import { ACCESS_TOKEN_LIFETIME_SECONDS, CLOCK_TOLERANCE_SECONDS } from "@parley/contract/limits";
import { type JWTHeaderParameters, jwtVerify } from "jose";
import { z } from "zod";
import { findVerifyingKey, type KeyRing, SIGNING_ALGORITHM } from "../keys.ts";
import { type IssuedToken, signToken } from "./jwt.ts";

const claimsSchema = z.object({ sub: userIdSchema, sid: sessionIdSchema });

export type AccessClaims = z.infer<typeof claimsSchema>;

export const sign = (
  ring: KeyRing,
  { userId, sessionId }: { userId: UserId; sessionId: SessionId },
  now: Date,
): IssuedToken =>
  signToken(
    ring,
    {
      typ: ACCESS_TOKEN_TYPE,
      lifetimeSeconds: ACCESS_TOKEN_LIFETIME_SECONDS,
      claims: { sub: userId, sid: sessionId, aud: ACCESS_TOKEN_AUDIENCE },
    },
    now,
  );

/**
 * Tokens whose signature was found good, by the keys that were there: the same token comes with each request for
 * ten minutes. Only its age is asked anew, and the session's life is the database's to tell.
 */
const proven = new WeakMap<KeyRing, Map<string, { claims: AccessClaims; expiresAtMs: number }>>();
const PROVEN_MAX = 10_000;

/** Throws `unauthenticated` for any token but a valid one of ours; the reason stays in the cause. */
export async function verify(ring: KeyRing, token: string, now: Date): Promise<AccessClaims> {
  const known = proven.get(ring) ?? new Map();
  proven.set(ring, known);
  const found = known.get(token);
  if (found && now.getTime() < found.expiresAtMs) return found.claims;
  // By kid among our own: what else a header says about keys (jku, x5u, jwk) is never looked at.
  const findKey = ({ kid }: JWTHeaderParameters) => {
    const key = findVerifyingKey(ring, kid, now);
    if (!key) throw new AppError("unauthenticated");
    return key.publicKey;
  };
  try {
    const { payload } = await jwtVerify(token, findKey, {
      algorithms: [SIGNING_ALGORITHM],
      typ: ACCESS_TOKEN_TYPE,
      issuer: TOKEN_ISSUER,
      audience: ACCESS_TOKEN_AUDIENCE,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ["sub", "sid", "exp", "jti"],
      currentDate: now,
    });
    const claims = claimsSchema.parse(payload);
    // The oldest goes: a Map keeps the order in which they came.
    if (known.size >= PROVEN_MAX) known.delete(known.keys().next().value ?? "");
    known.set(token, { claims, expiresAtMs: Number(payload.exp) * 1000 });
    return claims;
  } catch (cause) {
    throw new AppError("unauthenticated", { cause });
  }
}
