/** Who may do what in a channel. Those who change it lock the organisation first (`Organizations.lock`). */
import type { ChannelId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { and, asc, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newAclEntryId } from "../ids.ts";
import { defineReading, read, subquery } from "../reading.ts";
import { channelAcl } from "../schema/channels.ts";
import { roles, userRoles } from "../schema/roles.ts";

export type AclRow = typeof channelAcl.$inferSelect;

/** What an entry says of whom. */
export type AclEntryRow = Pick<AclRow, keyof typeof said>;

const said = {
  channelId: channelAcl.channelId,
  roleId: channelAcl.roleId,
  userId: channelAcl.userId,
  allow: channelAcl.allow,
  deny: channelAcl.deny,
  appliesTo: channelAcl.appliesTo,
};

export interface AclInput {
  roleId: RoleId | null;
  userId: UserId | null;
  allow: bigint;
  deny: bigint;
  appliesTo: AclRow["appliesTo"];
}

/** Every entry of a channel. */
export const list = (tx: Transaction, orgId: OrganizationId, channelId: ChannelId): Promise<AclRow[]> =>
  tx
    .select()
    .from(channelAcl)
    .where(and(eq(channelAcl.orgId, orgId), eq(channelAcl.channelId, channelId)))
    .orderBy(channelAcl.id);

/** Every entry of these channels. */
export const listOfChannels = (
  tx: Transaction,
  orgId: OrganizationId,
  channelIds: readonly ChannelId[],
): Promise<AclRow[]> =>
  tx
    .select()
    .from(channelAcl)
    .where(
      and(eq(channelAcl.orgId, orgId), eq(channelAcl.channelId, sql`any(${sql.param(channelIds)}::uuid[])`)),
    );

/** What all channels say about these roles and people. */
export const listOfSubjects = (
  tx: Transaction,
  orgId: OrganizationId,
  { roleIds, userIds }: { roleIds: readonly RoleId[]; userIds: readonly UserId[] },
): Promise<AclRow[]> =>
  tx
    .select()
    .from(channelAcl)
    .where(
      and(
        eq(channelAcl.orgId, orgId),
        or(
          eq(channelAcl.roleId, sql`any(${sql.param(roleIds)}::uuid[])`),
          eq(channelAcl.userId, sql`any(${sql.param(userIds)}::uuid[])`),
        ),
      ),
    );

/** Those with an entry of their own in any channel; of the holders of one role where that is named. */
export async function listUserIds(
  tx: Transaction,
  orgId: OrganizationId,
  heldRoleId?: RoleId,
): Promise<UserId[]> {
  const rows = await tx
    .selectDistinct({ userId: channelAcl.userId })
    .from(channelAcl)
    .where(
      and(
        eq(channelAcl.orgId, orgId),
        isNotNull(channelAcl.userId),
        heldRoleId === undefined
          ? undefined
          : inArray(
              channelAcl.userId,
              tx
                .select({ id: userRoles.userId })
                .from(userRoles)
                .where(and(eq(userRoles.orgId, orgId), eq(userRoles.roleId, heldRoleId))),
            ),
      ),
    );
  return rows.flatMap(({ userId }) => (userId === null ? [] : [userId]));
}

const ofMemberWhere = and(
  eq(channelAcl.orgId, sql.placeholder("orgId")),
  or(
    eq(channelAcl.userId, sql.placeholder("userId")),
    inArray(
      channelAcl.roleId,
      subquery
        .select({ id: userRoles.roleId })
        .from(userRoles)
        .where(
          and(eq(userRoles.orgId, sql.placeholder("orgId")), eq(userRoles.userId, sql.placeholder("userId"))),
        ),
    ),
    inArray(
      channelAcl.roleId,
      subquery
        .select({ id: roles.id })
        .from(roles)
        .where(and(eq(roles.orgId, sql.placeholder("orgId")), roles.isEveryone)),
    ),
  ),
);

/** The entries of all channels that concern one member: their own, their roles' and those of `everyone`. */
export const ofMember = defineReading("channel_acl_of_member", said, (select) =>
  select.from(channelAcl).where(ofMemberWhere),
);

/** Of these, those of one channel and of the channels above it. */
export const ofMemberOnWay = defineReading("channel_acl_of_member_on_way", said, (select) =>
  select.from(channelAcl).where(
    and(
      ofMemberWhere,
      sql`${channelAcl.channelId} in (
          with recursive up as (
            select id, parent_id from channels
            where org_id = ${sql.placeholder("orgId")} and id = ${sql.placeholder("id")}
            union all
            select c.id, c.parent_id from up join channels c
            on c.org_id = ${sql.placeholder("orgId")} and c.id = up.parent_id
          ) select id from up)`,
    ),
  ),
);

export async function listOfMember(
  tx: Transaction,
  orgId: OrganizationId,
  userId: UserId,
): Promise<AclEntryRow[]> {
  const [rows] = await read(tx, ofMember({ orgId, userId }));
  return rows;
}

/** Entries about one person, of all tenants: for the export of an account. Use `withSystem`. */
export const listOfUser = (tx: Transaction, userId: UserId): Promise<AclRow[]> =>
  tx.select().from(channelAcl).where(eq(channelAcl.userId, userId)).orderBy(asc(channelAcl.id));

/** Replaces the entries of a channel. Throws `quota_exceeded`, or `not_found` for an unknown subject. */
export async function replace(
  tx: Transaction,
  orgId: OrganizationId,
  channelId: ChannelId,
  entries: readonly AclInput[],
): Promise<void> {
  await tx.delete(channelAcl).where(and(eq(channelAcl.orgId, orgId), eq(channelAcl.channelId, channelId)));
  if (entries.length === 0) return;
  await tx
    .insert(channelAcl)
    .values(entries.map((entry) => ({ ...entry, orgId, channelId, id: newAclEntryId() })));
}

/** Adds or changes one subject's entry and leaves the others. */
export async function set(
  tx: Transaction,
  orgId: OrganizationId,
  channelId: ChannelId,
  entry: AclInput,
): Promise<void> {
  const subject =
    entry.roleId === null
      ? and(isNull(channelAcl.roleId), eq(channelAcl.userId, entry.userId as UserId))
      : eq(channelAcl.roleId, entry.roleId);
  const { allow, deny, appliesTo } = entry;
  const changed = await tx
    .update(channelAcl)
    .set({ allow, deny, appliesTo })
    .where(and(eq(channelAcl.orgId, orgId), eq(channelAcl.channelId, channelId), subject))
    .returning({ id: channelAcl.id });
  if (changed.length === 0)
    await tx.insert(channelAcl).values({ ...entry, orgId, channelId, id: newAclEntryId() });
}
