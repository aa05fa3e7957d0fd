/** Short ways to write down a small organisation in a test. Ids are plain words. */
import type { ChannelId, RoleId, UserId } from "../ids.ts";
import type { AclEntry, ChannelNode, Member, OrganizationRights, Role } from "../permissions.ts";

export const EVERYONE = "everyone" as RoleId;

export const role = (id: string, position: number, permissions: bigint): Role => ({
  id: id as RoleId,
  position,
  permissions,
  isEveryone: id === EVERYONE,
});

export const everyone = (permissions: bigint): Role => role(EVERYONE, 0, permissions);

export const member = (
  userId: string,
  roleIds: readonly string[] = [],
  rest: Partial<Omit<Member, "userId" | "roleIds">> = {},
): Member => ({
  userId: userId as UserId,
  status: "active",
  isOwner: false,
  timedOut: false,
  roleIds: new Set(roleIds as RoleId[]),
  ...rest,
});

export const channel = (id: string, parentId: string | null = null, inherit = true): ChannelNode => ({
  id: id as ChannelId,
  parentId: parentId as ChannelId | null,
  inherit,
});

type Said = Partial<Pick<AclEntry, "allow" | "deny" | "appliesTo">>;

export const forRole = (channelId: string, roleId: string, said: Said): AclEntry =>
  entry(channelId, { type: "role", id: roleId as RoleId }, said);

export const forUser = (channelId: string, userId: string, said: Said): AclEntry =>
  entry(channelId, { type: "user", id: userId as UserId }, said);

const entry = (channelId: string, subject: AclEntry["subject"], said: Said): AclEntry => ({
  channelId: channelId as ChannelId,
  subject,
  allow: 0n,
  deny: 0n,
  appliesTo: "here_and_below",
  ...said,
});

export const rights = (
  roles: readonly Role[],
  channels: readonly ChannelNode[],
  entries: readonly AclEntry[] = [],
): OrganizationRights => ({ roles, channels, entries });
