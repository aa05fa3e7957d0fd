/** The people of an organisation as lists: to show, to search, and to judge rights by. */
import type { OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { and, asc, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { nameKey } from "../name-key.ts";
import { rowsOf } from "../rows.ts";
import { memberships } from "../schema/organizations.ts";
import { userRoles } from "../schema/roles.ts";
import { users } from "../schema/users.ts";
import type { Membership } from "./memberships.ts";

export interface ListedMember {
  userId: UserId;
  username: string;
  nickname: string | null;
  joinedAt: Date;
  timedOutUntil: Date | null;
  roleIds: RoleId[];
}

const listed = {
  userId: memberships.userId,
  username: users.username,
  nickname: memberships.nickname,
  joinedAt: memberships.joinedAt,
  timedOutUntil: memberships.timedOutUntil,
};

/** Active members by id, which is the order in which accounts were made; `after` is the last one seen. */
export async function list(
  tx: Transaction,
  orgId: OrganizationId,
  page: { after?: UserId | undefined; limit: number; roleId?: RoleId | undefined },
): Promise<ListedMember[]> {
  const { after, limit, roleId } = page;
  const rows = await tx
    .select(listed)
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.orgId, orgId),
        eq(memberships.status, "active"),
        after === undefined ? undefined : gt(memberships.userId, after),
        roleId === undefined
          ? undefined
          : inArray(
              memberships.userId,
              tx
                .select({ userId: userRoles.userId })
                .from(userRoles)
                .where(and(eq(userRoles.orgId, orgId), eq(userRoles.roleId, roleId))),
            ),
      ),
    )
    .orderBy(asc(memberships.userId))
    .limit(limit);
  return withRoles(tx, orgId, rows);
}

/** Where a search stands: the name by which somebody was found, and who. */
export interface FoundAt {
  key: string;
  userId: UserId;
}

export interface MemberSearch {
  /** How a user name or a nickname begins, in any case of letters. */
  name: string;
  roleId?: RoleId | undefined;
  after?: FoundAt | undefined;
  limit: number;
}

/** In the bytes' order behind every name: U+10FFFF stands in none. */
const BEHIND_ALL = "\u{10ffff}";

/**
 * Active members by name; each once, by the user name where that begins so. Each half reads no more of its index
 * than it gives. The operators are spelled out since row security lets only leakproof ones near an index: LIKE
 * and lower() are none, so that a part from the middle of a name, by pg_trgm too, would read the organisation
 * whole.
 */
export async function search(
  tx: Transaction,
  orgId: OrganizationId,
  { name, roleId, after, limit }: MemberSearch,
): Promise<(ListedMember & FoundAt)[]> {
  // Postgres refuses NUL in text, so no name has one.
  if (name.includes("\0")) return [];
  const prefix = nameKey(name);
  const begins = (key: SQL) => sql`${key} ~>=~ ${prefix} and ${key} ~<~ ${prefix + BEHIND_ALL}`;
  const [usernameKey, nicknameKey] = [sql`m.username_key`, sql`m.nickname_key`];
  const half = (key: SQL, condition: SQL) => sql`
    (select m.user_id, ${key} as key from ${memberships} m
     where m.org_id = ${orgId} and m.status = 'active' and ${begins(key)} and ${condition}
       ${after ? sql`and ${key} ~>=~ ${after.key} and (${key} <> ${after.key} or m.user_id > ${after.userId})` : sql``}
       ${roleId ? sql`and exists (select from ${userRoles} r where r.org_id = m.org_id and r.user_id = m.user_id and r.role_id = ${roleId})` : sql``}
     order by ${key} using ~<~, m.user_id limit ${limit})`;
  const found = await rowsOf<FoundAt>(
    tx,
    sql`select user_id as "userId", key from (
          ${half(usernameKey, sql`true`)} union all ${half(nicknameKey, sql`not (${begins(usernameKey)})`)}
        ) found order by key using ~<~, user_id limit ${limit}`,
  );
  const members = await listRights(
    tx,
    orgId,
    found.map(({ userId }) => userId),
  );
  const byId = new Map(members.map((member) => [member.userId, member]));
  return found.flatMap((at) => {
    const member = byId.get(at.userId);
    return member ? [{ ...member, ...at }] : [];
  });
}

export interface MemberRights extends ListedMember {
  status: Membership["status"];
}

/** Those of the given people who are or were members, or are banned, with what decides their rights. */
export async function listRights(
  tx: Transaction,
  orgId: OrganizationId,
  userIds: readonly UserId[],
): Promise<MemberRights[]> {
  if (userIds.length === 0) return [];
  const rows = await tx
    .select({ ...listed, status: memberships.status })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(eq(memberships.orgId, orgId), eq(memberships.userId, sql`any(${sql.param(userIds)}::uuid[])`)),
    );
  return withRoles(tx, orgId, rows);
}

/**
 * One member for each distinct set of assigned roles among all but some, or among the holders of one role: all
 * that differs between members' rights outside of their own entries.
 */
export async function listRoleSets(
  tx: Transaction,
  orgId: OrganizationId,
  { except, heldRoleId }: { except: readonly UserId[]; heldRoleId?: RoleId | undefined },
): Promise<{ userId: UserId; roleIds: RoleId[] }[]> {
  const holders = sql`and user_id in (select user_id from user_roles where org_id = ${orgId} and role_id = ${heldRoleId})`;
  const rows = await rowsOf<{ userId: UserId; roleIds: string }>(
    tx,
    sql`select distinct on (role_ids) user_id as "userId", role_ids as "roleIds"
        from (
          select user_id, string_agg(role_id::text, ',' order by role_id) as role_ids
          from user_roles
          where org_id = ${orgId} and user_id <> all(${sql.param(except)}::uuid[])
            ${heldRoleId === undefined ? sql`` : holders}
          group by user_id
        ) held
        order by role_ids, user_id`,
  );
  return rows.map(({ userId, roleIds }) => ({ userId, roleIds: roleIds.split(",") as RoleId[] }));
}

async function withRoles<T extends Omit<ListedMember, "roleIds">>(
  tx: Transaction,
  orgId: OrganizationId,
  members: readonly T[],
): Promise<(T & { roleIds: RoleId[] })[]> {
  if (members.length === 0) return [];
  const userIds = members.map((member) => member.userId);
  const held = await tx
    .select({ userId: userRoles.userId, roleId: userRoles.roleId })
    .from(userRoles)
    .where(and(eq(userRoles.orgId, orgId), eq(userRoles.userId, sql`any(${sql.param(userIds)}::uuid[])`)));
  const byUser = Map.groupBy(held, (row) => row.userId);
  return members.map((member) => ({
    ...member,
    roleIds: (byUser.get(member.userId) ?? []).map((row) => row.roleId),
  }));
}
