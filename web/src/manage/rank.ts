/** Whom and what the person may act on by their rank. The server refuses all else, and writes it down. */
import type { Member } from "@parley/contract/members";
import type { OrganizationDetail } from "@parley/contract/organizations";
import type { Role } from "@parley/contract/roles";

export type Rank = OrganizationDetail["rank"];

/** Null is the owner's. */
export const standsAbove = (rank: Rank, { position }: Pick<Role, "position">): boolean =>
  rank === null || rank > position;

export const outranksMember = (rank: Rank, member: Member, roles: readonly Role[]): boolean =>
  !member.isOwner &&
  roles.every((role) => !member.roleIds.includes(role.id) || standsAbove(rank, role)) &&
  standsAbove(rank, { position: 0 });
