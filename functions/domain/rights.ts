/** What a person may do in an organisation, read anew at each request. */
import { AppError } from "@parley/contract/errors";
import type { ChannelId, OrganizationId, UserId } from "@parley/contract/ids";
import * as Permissions from "@parley/contract/permissions";
import type { Transaction } from "@parley/db/client";
import * as ChannelAcl from "@parley/db/queries/channel-acl";
import * as Channels from "@parley/db/queries/channels";
import * as Memberships from "@parley/db/queries/memberships";
import { type RowsOf, read } from "@parley/db/reading";

export interface Asker {
  orgId: OrganizationId;
  userId: UserId;
  now: Date;
}

export interface TreeRights {
  member: Memberships.Member;
  channels: Channels.ListedChannel[];
  /** Effective permissions in each channel; 0 is one that the member doesn't see. */
  permissions: ReadonlyMap<ChannelId, bigint>;
}

/** What is read for a member's rights in all channels: give it to `read` or `readOrg`, and the rows to `toTree`. */
export const treeReadings = ({ orgId, userId }: Asker) =>
  [
    Memberships.active({ orgId, userId }),
    Channels.all({ orgId }),
    ChannelAcl.ofMember({ orgId, userId }),
  ] as const;

/** Throws `not_found` for everybody outside: see `getMember`. */
export function toTree(
  [memberRows, channels, entries]: RowsOf<ReturnType<typeof treeReadings>>,
  { now }: Asker,
): TreeRights {
  const member = assertIn(Memberships.toMember(memberRows));
  const rights = { roles: member.roles, channels, entries: entries.map(toEntry) };
  const index = Permissions.indexRights(rights);
  return { member, channels, permissions: Permissions.effectiveTree(index, toMember(member, now)) };
}

/** A member's rights in all channels. Throws `not_found` for everybody outside: see `getMember`. */
export const readTree = async (tx: Transaction, asker: Asker): Promise<TreeRights> =>
  toTree(await read(tx, ...treeReadings(asker)), asker);

export interface ChannelRights {
  member: Memberships.Member;
  permissions: bigint;
}

/** As `treeReadings`, for one channel: its path alone. */
export const channelReadings = ({ orgId, userId }: Asker, id: ChannelId) =>
  [
    Memberships.active({ orgId, userId }),
    Channels.wayTo({ orgId, id }),
    ChannelAcl.ofMemberOnWay({ orgId, userId, id }),
  ] as const;

/** As `toTree`. 0 where there is no such channel. */
export function toChannel(
  [memberRows, channels, entries]: RowsOf<ReturnType<typeof channelReadings>>,
  { now }: Asker,
  channelId: ChannelId,
): ChannelRights {
  const member = assertIn(Memberships.toMember(memberRows));
  if (channels.length === 0) return { member, permissions: 0n };
  const rights = { roles: member.roles, channels, entries: entries.map(toEntry) };
  return { member, permissions: Permissions.effective(rights, toMember(member, now), channelId) };
}

/** A member's rights in one channel, 0 where there is none by that id. */
export const readChannel = async (
  tx: Transaction,
  asker: Asker,
  channelId: ChannelId,
): Promise<ChannelRights> =>
  toChannel(await read(tx, ...channelReadings(asker, channelId)), asker, channelId);

/** What the asker may do in a channel. Throws `not_found` where they don't see it. */
export async function assertSees(tx: Transaction, asker: Asker, channelId: ChannelId): Promise<bigint> {
  const { permissions } = await readChannel(tx, asker, channelId);
  if (permissions === 0n) throw new AppError("not_found");
  return permissions;
}

/** Throws `not_found` for everybody outside: a stranger can't tell such a tenant from none. */
export async function getMember(tx: Transaction, { orgId, userId }: Asker): Promise<Memberships.Member> {
  return assertIn(await Memberships.findActive(tx, orgId, userId));
}

function assertIn(member: Memberships.Member | undefined): Memberships.Member {
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

export const toEntry = (row: ChannelAcl.AclEntryRow): Permissions.AclEntry => ({
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
