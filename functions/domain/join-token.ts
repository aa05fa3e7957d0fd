/** Join tokens: the right to enter one room on one start of one node, for thirty seconds. */
import { JOIN_TOKEN_TYPE, type JoinTokenClaims, nodeAudience } from "@parley/contract/join";
import { JOIN_TOKEN_LIFETIME_SECONDS } from "@parley/contract/limits";
import type { NodeRecord } from "@parley/contract/node-directory";
import type { KeyRing } from "../keys.ts";
import { type IssuedToken, signToken } from "./jwt.ts";

export const sign = (
  ring: KeyRing,
  node: Pick<NodeRecord, "id" | "bootEpoch">,
  claims: Omit<JoinTokenClaims, "jti" | "exp">,
  now: Date,
): IssuedToken =>
  signToken(
    ring,
    {
      typ: JOIN_TOKEN_TYPE,
      lifetimeSeconds: JOIN_TOKEN_LIFETIME_SECONDS,
      claims: { ...claims, aud: nodeAudience(node.id, node.bootEpoch) },
    },
    now,
  );
