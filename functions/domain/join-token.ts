/** Join tokens: the right to enter one room on one start of one node, for thirty seconds. */
import { JOIN_TOKEN_TYPE, type JoinTokenClaims, nodeAudience, TOKEN_ISSUER } from "@parley/contract/join";
import { JOIN_TOKEN_LIFETIME_SECONDS } from "@parley/contract/limits";
import type { NodeRecord } from "@parley/contract/node-directory";
import { SignJWT } from "jose";
import { type KeyRing, SIGNING_ALGORITHM, signingKeyOf } from "../keys.ts";
import type { IssuedToken } from "./access-token.ts";

export async function sign(
  ring: KeyRing,
  node: Pick<NodeRecord, "id" | "bootEpoch">,
  claims: Omit<JoinTokenClaims, "jti" | "exp">,
  now: Date,
): Promise<IssuedToken> {
  const key = signingKeyOf(ring, now);
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = issuedAt + JOIN_TOKEN_LIFETIME_SECONDS;
  const token = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: JOIN_TOKEN_TYPE, kid: key.kid })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(nodeAudience(node.id, node.bootEpoch))
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key.privateKey);
  return { token, expiresAt: new Date(expiresAt * 1000) };
}
