/** An organisation's rights as one transaction sees them: what changes are judged on. */
import type { OrganizationId, UserId } from "@parley/contract/ids";
import type * as Permissions from "@parley/contract/permissions";
import type { Transaction } from "@parley/db/client";
import * as ChannelAcl from "@parley/db/queries/channel-acl";
import * as Channels from "@parley/db/queries/channels";
import * as Memberships from "@parley/db/queries/memberships";
import * as Roles from "@parley/db/queries/roles";
import { toEntry } from "./rights.ts";

export interface Place {
  orgId: OrganizationId;
  ownerId: UserId;
  now: Date;
}

/** Nobody's id: stands for all members without roles or entries of their own, also for those who come later. */
const PLAIN_MEMBER = "plain member" as UserId;

/**
 * All roles, channels and entries, and enough members to judge a change by: one for each distinct set of roles,
 * everybody with an entry of their own, and those who are named.
 */
export async function read(
  tx: Transaction,
  { orgId, ownerId, now }: Place,
  named: readonly UserId[],
): Promise<Permissions.Snapshot> {
  const roles = (await Roles.list(tx, orgId)).map(toRole);
  const channels = await Channels.list(tx, orgId);
  const entries = (await ChannelAcl.listAll(tx, orgId)).map(toEntry);
  const withEntries = entries.flatMap(({ subject }) => (subject.type === "user" ? [subject.id] : []));
  const singled = await Memberships.listRights(tx, orgId, [...new Set([...named, ...withEntries])]);
  const known = new Set(singled.map(({ userId }) => userId));
  const sets = (await Memberships.listRoleSets(tx, orgId)).filter(({ userId }) => !known.has(userId));
  const members = [
    ...singled.map((member) => toMember(member, ownerId, now)),
    ...[...sets, { userId: PLAIN_MEMBER, roleIds: [] }].map(({ userId, roleIds }) => ({
      userId,
      status: "active" as const,
      isOwner: userId === ownerId,
      timedOut: false,
      roleIds: new Set(roleIds),
    })),
  ];
  return { rights: { roles, channels, entries }, members };
}

export const toRole = ({ id, position, permissions, isEveryone }: Roles.Role): Permissions.Role => ({
  id,
  position,
  permissions,
  isEveryone,
});

export const toMember = (
  member: Memberships.MemberRights,
  ownerId: UserId,
  now: Date,
): Permissions.Member => ({
  userId: member.userId,
  status: member.status === "left" ? "none" : member.status,
  isOwner: member.userId === ownerId,
  timedOut: member.timedOutUntil !== null && member.timedOutUntil > now,
  roleIds: new Set(member.roleIds),
});
