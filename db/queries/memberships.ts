/** Who is in an organisation. A row stays when somebody leaves or is banned: see schema/organizations.ts. */
import type { OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { and, asc, eq, inArray, or, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { nameKey } from "../name-key.ts";
import { defineReading, type RowOfReading, read, subquery } from "../reading.ts";
import { memberships, organizations } from "../schema/organizations.ts";
import { roles, userRoles } from "../schema/roles.ts";

export type Membership = typeof memberships.$inferSelect;

export interface HeldRole {
  id: RoleId;
  position: number;
  permissions: bigint;
  isEveryone: boolean;
}

export interface Member {
  userId: UserId;
  isOwner: boolean;
  nickname: string | null;
  timedOutUntil: Date | null;
  permissionVersion: number;
  /** Of the organisation: how many may be in voice at once, 0 for no limit. */
  voicesMax: number;
  /** `everyone` among them, each once. */
  roles: HeldRole[];
}

/** A row for each of the roles of an active member; none for everybody else. See `toMember`. */
export const active = defineReading(
  "memberships_active",
  {
    userId: memberships.userId,
    ownerId: organizations.ownerId,
    voicesMax: organizations.voicesMax,
    nickname: memberships.nickname,
    timedOutUntil: memberships.timedOutUntil,
    permissionVersion: memberships.permissionVersion,
    id: roles.id,
    position: roles.position,
    permissions: roles.permissions,
    isEveryone: roles.isEveryone,
  },
  (select) =>
    select
      .from(memberships)
      .innerJoin(organizations, eq(organizations.id, memberships.orgId))
      .innerJoin(
        roles,
        and(
          eq(roles.orgId, memberships.orgId),
          or(
            roles.isEveryone,
            inArray(
              roles.id,
              subquery
                .select({ id: userRoles.roleId })
                .from(userRoles)
                .where(
                  and(
                    eq(userRoles.orgId, sql.placeholder("orgId")),
                    eq(userRoles.userId, sql.placeholder("userId")),
                  ),
                ),
            ),
          ),
        ),
      )
      .where(
        and(
          eq(memberships.orgId, sql.placeholder("orgId")),
          eq(memberships.userId, sql.placeholder("userId")),
          eq(memberships.status, "active"),
        ),
      ),
);

/** From the rows of `active`: every organisation has the role of everyone, so that members have one at least. */
export function toMember(rows: readonly RowOfReading<typeof active>[]): Member | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const { userId, ownerId, voicesMax, nickname, timedOutUntil, permissionVersion } = first;
  const isOwner = ownerId === userId;
  const held = rows.map(({ id, position, permissions, isEveryone }) => ({
    id,
    position,
    permissions,
    isEveryone,
  }));
  return { userId, isOwner, nickname, timedOutUntil, permissionVersion, voicesMax, roles: held };
}

/** An active member with their roles; undefined for everybody else. */
export async function findActive(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
): Promise<Member | undefined> {
  const [rows] = await read(tx, active({ orgId, userId }));
  return toMember(rows);
}

/** The row of anybody who is or was a member, or is banned. */
export async function find(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
): Promise<Membership | undefined> {
  const [membership] = await tx
    .select()
    .from(memberships)
    .where(and(eq(memberships.orgId, orgId), eq(memberships.userId, userId)));
  return membership;
}

/**
 * Makes somebody an active member, for the first time or again. Says what they were before, so that the caller
 * refuses the banned: their row stays as it is. Throws `quota_exceeded`.
 */
export async function join(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
  now: Date,
): Promise<"new" | "rejoined" | "active" | "banned"> {
  const added = await tx
    .insert(memberships)
    .values({ orgId, userId, joinedAt: now })
    .onConflictDoNothing()
    .returning({ userId: memberships.userId });
  if (added.length > 0) return "new";
  const back = await tx
    .update(memberships)
    .set({ status: "active", joinedAt: now, permissionVersion: sql`${memberships.permissionVersion} + 1` })
    .where(and(eq(memberships.orgId, orgId), eq(memberships.userId, userId), eq(memberships.status, "left")))
    .returning({ userId: memberships.userId });
  if (back.length > 0) return "rejoined";
  return (await find(tx, orgId, userId))?.status === "banned" ? "banned" : "active";
}

/** Takes membership and roles away; gives the new permission version, undefined for who wasn't in. */
export async function leave(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
): Promise<number | undefined> {
  const version = await change(tx, orgId, userId, { status: "left", nickname: null });
  await tx.delete(userRoles).where(and(eq(userRoles.orgId, orgId), eq(userRoles.userId, userId)));
  return version;
}

export type MembershipChange = Partial<Pick<Membership, "nickname" | "timedOutUntil" | "status">>;

/** Changes an active member; gives the permission version, which rises unless only the nickname changes. */
export async function change(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
  values: MembershipChange,
): Promise<number | undefined> {
  const touchesRights = values.status !== undefined || values.timedOutUntil !== undefined;
  const [membership] = await tx
    .update(memberships)
    .set({
      ...values,
      ...(values.nickname === undefined ? {} : { nicknameKey: values.nickname && nameKey(values.nickname) }),
      ...(touchesRights ? { permissionVersion: sql`${memberships.permissionVersion} + 1` } : {}),
    })
    .where(
      and(eq(memberships.orgId, orgId), eq(memberships.userId, userId), eq(memberships.status, "active")),
    )
    .returning({ permissionVersion: memberships.permissionVersion });
  return membership?.permissionVersion;
}

/** Tells the nodes that a member's rights changed, whoever they are now; gives the new permission version. */
export async function bumpVersion(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
): Promise<number | undefined> {
  const [membership] = await tx
    .update(memberships)
    .set({ permissionVersion: sql`${memberships.permissionVersion} + 1` })
    .where(and(eq(memberships.orgId, orgId), eq(memberships.userId, userId)))
    .returning({ permissionVersion: memberships.permissionVersion });
  return membership?.permissionVersion;
}

/** Everything that one person is a member of, or was: for the export of an account. Use `withSystem`. */
export const listOfUser = (tx: Transaction, userId: UserId): Promise<Membership[]> =>
  tx.select().from(memberships).where(eq(memberships.userId, userId)).orderBy(asc(memberships.orgId));

/** Where a person is an active member: who must hear that their sessions or account ended. Use `withSystem`. */
export async function listActiveOrgIds(tx: Transaction, userId: UserId): Promise<OrganizationId[]> {
  const rows = await tx
    .select({ orgId: memberships.orgId })
    .from(memberships)
    .where(and(eq(memberships.userId, userId), eq(memberships.status, "active")))
    .orderBy(asc(memberships.orgId));
  return rows.map((row) => row.orgId);
}
