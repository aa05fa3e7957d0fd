/** An organisation's rights as one transaction sees them: what of them decides about a change. */
import type { OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import type { Transaction } from "@parley/db/client";
import * as ChannelAcl from "@parley/db/queries/channel-acl";
import * as Channels from "@parley/db/queries/channels";
import * as Members from "@parley/db/queries/members";
import type * as Roles from "@parley/db/queries/roles";
import { toEntry } from "./rights.ts";

export interface Place {
  orgId: OrganizationId;
  ownerId: UserId;
  now: Date;
}

/** What is known before anything is read. */
interface Known {
  roles: readonly Permissions.Role[];
  actor: Permissions.Member;
}

/** Nobody's id: stands for all members without roles or entries of their own, also for those who come later. */
const PLAIN_MEMBER = "plain member" as UserId;

/** All that the guards look at for this change (`Permissions.reachOf`), with the actor and those who are named. */
export async function readFor(
  tx: Transaction,
  place: Place,
  { roles, actor }: Known,
  change: Permissions.Change,
  named: readonly UserId[],
): Promise<Permissions.Snapshot> {
  const { orgId } = place;
  const reach = Permissions.reachOf(roles, actor, change);
  const people = [actor.userId, ...named];
  if (reach.over === "roles") {
    return { rights: { roles, channels: [], entries: [] }, members: await readMembers(tx, place, people) };
  }
  const channels = Permissions.reachedChannels(await Channels.listLinks(tx, orgId), change);
  switch (reach.over) {
    case "actor": {
      const entries = (await ChannelAcl.listOfMember(tx, orgId, actor.userId)).map(toEntry);
      return { rights: { roles, channels, entries }, members: await readMembers(tx, place, people) };
    }
    case "channels": {
      const ids = channels.map(({ id }) => id);
      const entries = (await ChannelAcl.listOfChannels(tx, orgId, ids)).map(toEntry);
      const singled = entries.flatMap(({ subject }) => (subject.type === "user" ? [subject.id] : []));
      const members = await readMembers(tx, place, [...people, ...singled]);
      const snapshot = { rights: { roles, channels, entries }, members };
      if (!Permissions.mayGive(snapshot, change)) return snapshot;
      return { ...snapshot, members: [...members, ...(await readOthers(tx, place, members))] };
    }
    case "members": {
      const members = await readHolders(tx, place, people, reach.holdersOf);
      const subjects = {
        roleIds: [
          ...new Set([
            ...roles.filter(({ isEveryone }) => isEveryone).map(({ id }) => id),
            ...reach.roleIds,
            ...members.flatMap(({ roleIds }) => [...roleIds]),
          ]),
        ],
        userIds: members.map(({ userId }) => userId).filter((id) => id !== PLAIN_MEMBER),
      };
      const entries = (await ChannelAcl.listOfSubjects(tx, orgId, subjects)).map(toEntry);
      return { rights: { roles, channels, entries }, members };
    }
  }
}

/** Those with entries of their own one by one; all others by their sets of roles. */
async function readHolders(
  tx: Transaction,
  place: Place,
  people: readonly UserId[],
  holdersOf: RoleId | "everyone" | "nothing",
): Promise<Permissions.Member[]> {
  if (holdersOf === "nothing") return readMembers(tx, place, people);
  const held = holdersOf === "everyone" ? undefined : holdersOf;
  const singled = await ChannelAcl.listUserIds(tx, place.orgId, held);
  const members = await readMembers(tx, place, [...people, ...singled]);
  return [...members, ...(await readOthers(tx, place, members, held))];
}

export async function readMembers(
  tx: Transaction,
  { orgId, ownerId, now }: Place,
  userIds: readonly UserId[],
): Promise<Permissions.Member[]> {
  const rows = await Members.listRights(tx, orgId, [...new Set(userIds)]);
  return rows.map((row) => toMember(row, ownerId, now));
}

/** One member for each distinct set of roles among all others. */
async function readOthers(
  tx: Transaction,
  { orgId, ownerId }: Place,
  known: readonly Permissions.Member[],
  heldRoleId?: RoleId,
): Promise<Permissions.Member[]> {
  // The owner gains nothing by any change, so they can't stand for others with the same roles.
  const except = [ownerId, ...known.map(({ userId }) => userId)];
  const sets = await Members.listRoleSets(tx, orgId, { except, heldRoleId });
  return [...sets, { userId: PLAIN_MEMBER, roleIds: [] }].map(({ userId, roleIds }) => ({
    userId,
    status: "active" as const,
    isOwner: false,
    timedOut: false,
    roleIds: new Set(roleIds),
  }));
}

export const toRole = ({ id, position, permissions, isEveryone }: Roles.Role): Permissions.Role => ({
  id,
  position,
  permissions,
  isEveryone,
});

export const toMember = (row: Members.MemberRights, ownerId: UserId, now: Date): Permissions.Member => ({
  userId: row.userId,
  status: row.status === "left" ? "none" : row.status,
  isOwner: row.userId === ownerId,
  timedOut: row.timedOutUntil !== null && row.timedOutUntil > now,
  roleIds: new Set(row.roleIds),
});
