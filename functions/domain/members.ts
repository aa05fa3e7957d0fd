/** The people of an organisation: listed, named, given roles, removed. */
import { AppError } from "@parley/contract/errors";
import type { RoleId, UserId } from "@parley/contract/ids";
import type { Member, UpdateMemberRequest } from "@parley/contract/members";
import * as Permissions from "@parley/contract/permissions";
import type { Database, Transaction } from "@parley/db/client";
import * as Invites from "@parley/db/queries/invites";
import * as Rows from "@parley/db/queries/members";
import * as Memberships from "@parley/db/queries/memberships";
import * as Organizations from "@parley/db/queries/organizations";
import * as Roles from "@parley/db/queries/roles";
import { withOrg } from "@parley/db/scope";
import type { Actor } from "./actor.ts";
import {
  type ChangeServices,
  type ChangeState,
  changeOrganization,
  type Done,
  type Intent,
  type Person,
} from "./organization-change.ts";
import * as Rights from "./rights.ts";
import { assertExpected, type ExpectedVersions, versionOf } from "./version.ts";

interface ListRequest {
  limit: number;
  roleId: RoleId | undefined;
}

/** By id. */
export const list = (
  db: Database,
  asker: Rights.Asker,
  { roleId, ...page }: ListRequest & { after: UserId | undefined },
): Promise<Member[]> =>
  reading(db, asker, roleId, async (tx, ownerId) => {
    const rows = await Rows.list(tx, asker.orgId, { ...page, roleId });
    return rows.map((row) => toMember(row, row.userId === ownerId));
  });

/** By name, and where the next search goes on. */
export const search = (
  db: Database,
  asker: Rights.Asker,
  request: ListRequest & { name: string; after: Rows.FoundAt | undefined },
): Promise<{ items: Member[]; last: Rows.FoundAt | undefined }> =>
  reading(db, asker, request.roleId, async (tx, ownerId) => {
    const rows = await Rows.search(tx, asker.orgId, request);
    return { items: rows.map((row) => toMember(row, row.userId === ownerId)), last: rows.at(-1) };
  });

/** Throws `not_found` for everybody outside, and for a role of elsewhere. */
const reading = <T>(
  db: Database,
  asker: Rights.Asker,
  roleId: RoleId | undefined,
  read: (tx: Transaction, ownerId: UserId | undefined) => Promise<T>,
): Promise<T> =>
  withOrg(db, asker.orgId, async (tx) => {
    await Rights.getMember(tx, asker);
    if (roleId !== undefined && !(await Roles.find(tx, asker.orgId, roleId))) throw new AppError("not_found");
    return read(tx, (await Organizations.find(tx, asker.orgId))?.ownerId);
  });

/**
 * Nicknames: one's own, or others' by MANAGE_NICKNAMES. Roles: by MANAGE_ROLES. Both within one's rank. Throws
 * `changed_meanwhile` where the member is of none of the `expected` versions.
 */
export const update = (
  services: ChangeServices,
  actor: Actor,
  userId: UserId,
  request: UpdateMemberRequest,
  expected?: ExpectedVersions,
): Promise<Member> =>
  changeOrganization(services, actor, intentOn("member.update", userId), async (state) => {
    const { tx } = state;
    const person = await activePerson(state, userId);
    const { nickname, roleIds } = request;
    assertExpected(expected, toMember(person, person.member.isOwner).version);
    // Both are judged before either is written.
    if (nickname !== undefined && userId !== actor.userId) {
      state.refuse(
        Permissions.findActionRefusal(state.roles, state.member, person.member, Permissions.MANAGE_NICKNAMES),
      );
    }
    const version = roleIds === undefined ? undefined : await assignRoles(state, person, roleIds);
    if (nickname !== undefined) await Memberships.change(tx, actor.orgId, userId, { nickname });
    return {
      value: toMember(await state.person(userId), person.member.isOwner),
      audit: {
        before: roleIds === undefined ? {} : { roleIds: person.roleIds },
        after: {
          ...(roleIds ? { roleIds } : {}),
          ...(nickname === undefined ? {} : { nickname: "changed" }),
        },
      },
      authz: version === undefined ? [] : [{ kind: "rights", userId, permissionVersion: version }],
    };
  });

/**
 * Gives a member one role, or takes it, whatever else they hold: of two who do so at once neither undoes the
 * other's. Nothing changes, and nothing is written down, where it is so already.
 */
export const setRole = (
  services: ChangeServices,
  actor: Actor,
  { userId, roleId, held }: { userId: UserId; roleId: RoleId; held: boolean },
): Promise<Member> =>
  changeOrganization(services, actor, intentOn("member.update", userId), async (state) => {
    if (!state.roles.some(({ id, isEveryone }) => id === roleId && !isEveryone))
      throw new AppError("not_found");
    const person = await activePerson(state, userId);
    const others = person.roleIds.filter((id) => id !== roleId);
    const roleIds = held ? [...others, roleId] : others;
    const version = await assignRoles(state, person, roleIds);
    const value = toMember(await state.person(userId), person.member.isOwner);
    if (version === undefined) return { value };
    return {
      value,
      audit: { before: { roleIds: person.roleIds }, after: { roleIds } },
      authz: [{ kind: "rights", userId, permissionVersion: version }],
    };
  });

/**
 * Another member by KICK_MEMBERS within one's rank: their open invites end, or they would be back by one at once.
 * Oneself always, but the owner.
 */
export const remove = (services: ChangeServices, actor: Actor, userId: UserId): Promise<void> => {
  const leaving = userId === actor.userId;
  const intent = intentOn(leaving ? "member.leave" : "member.kick", userId);
  return changeOrganization(services, actor, intent, async (state): Promise<Done<void>> => {
    const person = await activePerson(state, userId);
    if (!leaving) {
      state.refuse(
        Permissions.findActionRefusal(state.roles, state.member, person.member, Permissions.KICK_MEMBERS),
      );
    }
    const permissionVersion = await Memberships.leave(state.tx, actor.orgId, userId);
    const invites = leaving ? {} : { invites: await Invites.removeOfMaker(state.tx, actor.orgId, userId) };
    return {
      value: undefined,
      audit: { before: { roleIds: person.roleIds, ...invites } },
      authz: [{ kind: "kicked", userId, ...(permissionVersion ? { permissionVersion } : {}) }],
    };
  });
};

export const intentOn = <Action extends Intent["action"]>(action: Action, userId: UserId) => ({
  action,
  target: { type: "user" as const, id: userId },
});

/** Throws `not_found`. */
export async function activePerson(state: ChangeState, userId: UserId): Promise<Person> {
  const person = await state.person(userId);
  if (person.status !== "active") throw new AppError("not_found");
  return person;
}

/** Gives the new permission version; undefined where they hold just these already. */
async function assignRoles(
  state: ChangeState,
  { userId, roleIds }: Person,
  wanted: readonly RoleId[],
): Promise<number | undefined> {
  const { tx, actor } = state;
  const known = new Set(state.roles.filter(({ isEveryone }) => !isEveryone).map(({ id }) => id));
  if (wanted.some((id) => !known.has(id))) throw new AppError("not_found");
  const change = { kind: "member_roles" as const, userId, roleIds: new Set(wanted) };
  await state.judge(change, [userId]);
  if (roleIds.length === wanted.length && roleIds.every((id) => change.roleIds.has(id))) return undefined;
  await Roles.setHeld(tx, actor.orgId, userId, wanted);
  return Memberships.bumpVersion(tx, actor.orgId, userId);
}

const toMember = (row: Rows.ListedMember, isOwner: boolean): Member => ({
  userId: row.userId,
  username: row.username,
  nickname: row.nickname,
  isOwner,
  roleIds: row.roleIds,
  joinedAt: row.joinedAt.toISOString(),
  timedOutUntil: row.timedOutUntil?.toISOString() ?? null,
  version: versionOf([row.nickname, row.roleIds.toSorted()]),
});
