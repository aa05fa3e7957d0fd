/** Roles of an organisation and who holds them. Callers lock the organisation first (`Organizations.lock`). */
import type { OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { and, asc, eq, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newRoleId } from "../ids.ts";
import { lockOrganization } from "../lock-organization.ts";
import { nameKey } from "../name-key.ts";
import { rowsOf } from "../rows.ts";
import { roles, userRoles } from "../schema/roles.ts";

export type Role = typeof roles.$inferSelect;

/** From the lowest rank to the highest: `everyone` first. */
export const list = (tx: Transaction, orgId: OrganizationId): Promise<Role[]> =>
  tx.select().from(roles).where(eq(roles.orgId, orgId)).orderBy(asc(roles.position));

export async function find(tx: Transaction, orgId: OrganizationId, id: RoleId): Promise<Role | undefined> {
  const [role] = await tx.select().from(roles).where(at(orgId, id));
  return role;
}

export async function createEveryone(
  tx: Transaction,
  orgId: OrganizationId,
  permissions: bigint,
): Promise<RoleId> {
  const id = newRoleId();
  const name = "everyone";
  await tx
    .insert(roles)
    .values({ orgId, id, name, nameKey: name, position: 0, permissions, isEveryone: true });
  return id;
}

/** The new role stands just above `everyone`; the others move up. Throws `name_taken` or `quota_exceeded`. */
export async function create(
  tx: Transaction,
  orgId: OrganizationId,
  input: { name: string; permissions: bigint },
): Promise<Role> {
  await lockOrganization(tx, orgId);
  await tx
    .update(roles)
    .set({ position: sql`${roles.position} + 1` })
    .where(and(eq(roles.orgId, orgId), eq(roles.isEveryone, false)));
  const values = { ...input, orgId, id: newRoleId(), nameKey: nameKey(input.name), position: 1 };
  const [role] = await tx.insert(roles).values(values).returning();
  if (!role) throw new Error("insert returned no row");
  return role;
}

export async function update(
  tx: Transaction,
  orgId: OrganizationId,
  id: RoleId,
  change: { name?: string; permissions?: bigint },
): Promise<Role | undefined> {
  const key = change.name === undefined ? {} : { nameKey: nameKey(change.name) };
  const [role] = await tx
    .update(roles)
    .set({ ...change, ...key })
    .where(at(orgId, id))
    .returning();
  return role;
}

/** With it go the entries that name it and the invites that give it. Throws `forbidden` for `everyone`. */
export async function remove(tx: Transaction, orgId: OrganizationId, id: RoleId): Promise<boolean> {
  return (await tx.delete(roles).where(at(orgId, id)).returning({ id: roles.id })).length > 0;
}

/** Gives the roles the ranks 1, 2, 3 … in the order of `ids`, which must name each but `everyone` once. */
export async function reorder(tx: Transaction, orgId: OrganizationId, ids: readonly RoleId[]): Promise<void> {
  await lockOrganization(tx, orgId);
  await tx.execute(sql`
    update ${roles} set position = wanted.position
    from unnest(${sql.param(ids)}::uuid[]) with ordinality as wanted(id, position)
    where ${roles.orgId} = ${orgId} and ${roles.id} = wanted.id and not ${roles.isEveryone}`);
}

/** Roles that a member holds, without `everyone`. */
export async function listHeld(tx: Transaction, orgId: OrganizationId, userId: UserId): Promise<RoleId[]> {
  const held = await tx
    .select({ roleId: userRoles.roleId })
    .from(userRoles)
    .where(and(eq(userRoles.orgId, orgId), eq(userRoles.userId, userId)));
  return held.map((row) => row.roleId);
}

/** Replaces what a member holds. Throws `not_found` for an unknown role or member. */
export async function setHeld(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
  roleIds: readonly RoleId[],
): Promise<void> {
  await tx.delete(userRoles).where(and(eq(userRoles.orgId, orgId), eq(userRoles.userId, userId)));
  const ids = [...new Set(roleIds)];
  if (ids.length > 0) await tx.insert(userRoles).values(ids.map((roleId) => ({ orgId, userId, roleId })));
}

/** How many members hold a role. */
export async function countHolders(tx: Transaction, orgId: OrganizationId, id: RoleId): Promise<number> {
  const [row] = await rowsOf<{ holders: number }>(
    tx,
    sql`select count(*)::int as holders from ${userRoles} where ${userRoles.orgId} = ${orgId} and ${userRoles.roleId} = ${id}`,
  );
  return row?.holders ?? 0;
}

const at = (orgId: OrganizationId, id: RoleId) => and(eq(roles.orgId, orgId), eq(roles.id, id));
