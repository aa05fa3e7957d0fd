import type { OrganizationId, UserId } from "@parley/contract/ids";
import { and, eq, or } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { memberships, organizations } from "../schema/organizations.ts";
import { roles, userRoles } from "../schema/roles.ts";

export interface Member {
  isOwner: boolean;
  permissionVersion: number;
  /** Permission bits of each role held, `everyone` among them. The same role may come twice. */
  roles: bigint[];
}

/** An active member with the bits of their roles, in one round trip; undefined for everybody else. */
export async function findActive(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
): Promise<Member | undefined> {
  const rows = await tx
    .select({
      ownerId: organizations.ownerId,
      permissionVersion: memberships.permissionVersion,
      permissions: roles.permissions,
    })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.orgId))
    .leftJoin(
      userRoles,
      and(eq(userRoles.orgId, memberships.orgId), eq(userRoles.userId, memberships.userId)),
    )
    .leftJoin(
      roles,
      and(eq(roles.orgId, memberships.orgId), or(eq(roles.isEveryone, true), eq(roles.id, userRoles.roleId))),
    )
    .where(
      and(eq(memberships.orgId, orgId), eq(memberships.userId, userId), eq(memberships.status, "active")),
    );
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    isOwner: first.ownerId === userId,
    permissionVersion: first.permissionVersion,
    roles: rows.flatMap((row) => (row.permissions === null ? [] : [row.permissions])),
  };
}
