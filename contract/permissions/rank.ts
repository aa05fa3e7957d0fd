/** Who stands above whom. The owner stands above all and is never a target. */
import { heldRoles } from "./effective.ts";
import type { Member, Role } from "./model.ts";

/** Highest position among a member's roles; the owner's is infinite, an outsider's -1. */
export function rankOf(roles: readonly Role[], member: Member): number {
  if (member.status === "active" && member.isOwner) return Number.POSITIVE_INFINITY;
  return Math.max(-1, ...heldRoles(roles, member).map((role) => role.position));
}

export const outranks = (roles: readonly Role[], actor: Member, target: Member): boolean =>
  rankOf(roles, actor) > rankOf(roles, target);

export const outranksRole = (roles: readonly Role[], actor: Member, position: number): boolean =>
  rankOf(roles, actor) > position;
