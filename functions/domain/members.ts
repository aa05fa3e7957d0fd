/** What a person may do in an organisation, read anew at each request. */
import { AppError } from "@parley/contract/errors";
import type { OrganizationId, UserId } from "@parley/contract/ids";
import { basePermissions } from "@parley/contract/permissions";
import type { Transaction } from "@parley/db/client";
import * as Memberships from "@parley/db/queries/memberships";

export interface Rights {
  permissions: bigint;
  permissionVersion: number;
}

/** Throws `not_found` for everybody outside: a stranger can't tell such a tenant from none. */
export async function getRights(tx: Transaction, orgId: OrganizationId, userId: UserId): Promise<Rights> {
  const member = await Memberships.findActive(tx, orgId, userId);
  if (!member) throw new AppError("not_found");
  const permissions = basePermissions({
    isOwner: member.isOwner,
    roles: member.roles.map((role) => role.permissions),
  });
  return { permissions, permissionVersion: member.permissionVersion };
}
