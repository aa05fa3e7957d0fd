/** What a person may do in an organisation, read anew at each request. */
import { AppError } from "@parley/contract/errors";
import type { ChannelId, OrganizationId, UserId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import type { Transaction } from "@parley/db/client";
import * as ChannelAcl from "@parley/db/queries/channel-acl";
import * as Channels from "@parley/db/queries/channels";
import * as Memberships from "@parley/db/queries/memberships";

export interface Asker {
  orgId: OrganizationId;
  userId: UserId;
  now: Date;
}

export interface TreeRights {
  member: Memberships.Member;
  channels: Channels.Channel[];
  /** Effective permissions in each channel; 0 is one that the member doesn't see. */
  permissions: ReadonlyMap<ChannelId, bigint>;
}

/** A member's rights in all channels. Throws `not_found` for everybody outside: see `getMember`. */
export async function readTree(tx: Transaction, asker: Asker): Promise<TreeRights> {
  const member = await getMember(tx, asker);
  const channels = await Channels.list(tx, asker.orgId);
  const index = Permissions.indexRights(await rightsOf(tx, asker, member, channels));
  return { member, channels, permissions: Permissions.effectiveTree(index, toMember(member, asker.now)) };
}

/** A member's rights in one channel, 0 where there is none by that id. Reads the channel's path alone. */
export async function readChannel(
  tx: Transaction,
  asker: Asker,
  channelId: ChannelId,
): Promise<{ member: Memberships.Member; permissions: bigint }> {
  const member = await getMember(tx, asker);
  const path = await Channels.path(tx, asker.orgId, channelId);
  if (path.length === 0) return { member, permissions: 0n };
  const rights = await rightsOf(tx, asker, member, path);
  return { member, permissions: Permissions.effective(rights, toMember(member, asker.now), channelId) };
}

/** What the asker may do in a channel. Throws `not_found` where they don't see it. */
export async function assertSees(tx: Transaction, asker: Asker, channelId: ChannelId): Promise<bigint> {
  const { permissions } = await readChannel(tx, asker, channelId);
  if (permissions === 0n) throw new AppError("not_found");
  return permissions;
}

/** Throws `not_found` for everybody outside: a stranger can't tell such a tenant from none. */
export async function getMember(tx: Transaction, { orgId, userId }: Asker): Promise<Memberships.Member> {
  const member = await Memberships.findActive(tx, orgId, userId);
  if (!member) throw new AppError("not_found");
  return member;
}

/** Whether the asker holds them in the organisation. Throws `not_found` outside. */
export const holds = async (tx: Transaction, asker: Asker, bits: bigint): Promise<boolean> =>
  Permissions.has(await heldBy(tx, asker), bits);

/** What the asker holds in the organisation. Throws `not_found` outside, `forbidden` where `bits` are missing. */
export async function assertHolds(tx: Transaction, asker: Asker, bits: bigint): Promise<bigint> {
  const held = await heldBy(tx, asker);
  if (Permissions.has(held, bits)) return held;
  const refusal = { kind: "permission_missing", bits, channelId: null } as const;
  throw new AppError("forbidden", { detail: Permissions.refusalWords(refusal) });
}

async function heldBy(tx: Transaction, asker: Asker): Promise<bigint> {
  const member = await getMember(tx, asker);
  return Permissions.organizationPermissions(member.roles, toMember(member, asker.now));
}

/** What of an organisation decides one member's permissions in these channels. */
async function rightsOf(
  tx: Transaction,
  { orgId, userId }: Asker,
  member: Memberships.Member,
  channels: readonly Permissions.ChannelNode[],
): Promise<Permissions.OrganizationRights> {
  const known = new Set(channels.map(({ id }) => id));
  const rows = await ChannelAcl.listOfMember(tx, orgId, userId);
  const entries = rows.filter(({ channelId }) => known.has(channelId)).map(toEntry);
  return { roles: member.roles, channels, entries };
}

export const toEntry = (row: ChannelAcl.AclRow): Permissions.AclEntry => ({
  channelId: row.channelId,
  subject:
    row.roleId === null ? { type: "user", id: row.userId as UserId } : { type: "role", id: row.roleId },
  allow: row.allow,
  deny: row.deny,
  appliesTo: row.appliesTo,
});

export const toMember = (member: Memberships.Member, now: Date): Permissions.Member => ({
  userId: member.userId,
  status: "active",
  isOwner: member.isOwner,
  timedOut: member.timedOutUntil !== null && member.timedOutUntil > now,
  roleIds: new Set(member.roles.map(({ id }) => id)),
});
