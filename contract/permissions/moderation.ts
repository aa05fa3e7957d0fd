/** May this member act on that one? */
import { ADMINISTRATOR, CONNECT, has, KICK_MEMBERS, MANAGE_CHANNEL, MOVE_MEMBERS } from "./bits.ts";
import { organizationPermissions } from "./effective.ts";
import type { Member, Role } from "./model.ts";
import { outranks } from "./rank.ts";
import type { Refusal } from "./refusal.ts";

/** Kicks, bans and nicknames: `bit` is held in the organisation, and the actor stands above the target. */
export function findActionRefusal(
  roles: readonly Role[],
  actor: Member,
  target: Member,
  bit: bigint,
): Refusal | undefined {
  if (!has(organizationPermissions(roles, actor), bit)) {
    return { kind: "permission_missing", bits: bit, channelId: null };
  }
  if (target.isOwner) return { kind: "owner_untouchable" };
  return outranks(roles, actor, target) ? undefined : { kind: "rank_too_low" };
}

/** A time-out needs KICK_MEMBERS. It would be without effect on an administrator, so it is refused. */
export function findTimeOutRefusal(
  roles: readonly Role[],
  actor: Member,
  target: Member,
): Refusal | undefined {
  const refusal = findActionRefusal(roles, actor, target, KICK_MEMBERS);
  if (refusal) return refusal;
  const isAdministrator = has(organizationPermissions(roles, target), ADMINISTRATOR);
  return isAdministrator ? { kind: "administrator_untouchable" } : undefined;
}

/** Bits in one channel each: of the mover where the member is and goes, of the member where they go. */
export interface MoveRights {
  moverAtSource: bigint;
  moverAtDestination: bigint;
  targetAtDestination: bigint;
}

/** Moving somebody to another channel. Its password doesn't matter; their right to connect does. */
export function findMoveRefusal(
  roles: readonly Role[],
  actor: Member,
  target: Member,
  { moverAtSource, moverAtDestination, targetAtDestination }: MoveRights,
): Refusal | undefined {
  if (!has(moverAtSource & moverAtDestination, MOVE_MEMBERS)) {
    return { kind: "permission_missing", bits: MOVE_MEMBERS, channelId: null };
  }
  if (target.isOwner) return { kind: "owner_untouchable" };
  if (!outranks(roles, actor, target)) return { kind: "rank_too_low" };
  const mayEnter = has(targetAtDestination, CONNECT) || has(moverAtDestination, MANAGE_CHANNEL);
  return mayEnter ? undefined : { kind: "target_cannot_connect" };
}
