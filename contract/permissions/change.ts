/** Changes that can give or take permissions, and the organisation as each leaves it. */
import type { ChannelId, RoleId, UserId } from "../ids.ts";
import type { AclEntry, ChannelNode, Member, OrganizationRights, Role } from "./model.ts";
import { subtreeOf } from "./tree.ts";

export type Change =
  /** The new role stands at `role.position`, at least 1; roles from there up move one up. */
  | { kind: "role_create"; role: Role }
  | { kind: "role_update"; roleId: RoleId; permissions: bigint }
  /** Its entries go with it. */
  | { kind: "role_delete"; roleId: RoleId }
  /** All roles but `everyone`, the lowest first. */
  | { kind: "role_reorder"; order: readonly RoleId[] }
  | { kind: "member_roles"; userId: UserId; roleIds: ReadonlySet<RoleId> }
  /** Replaces all entries of the channel. */
  | { kind: "channel_acl"; channelId: ChannelId; inherit: boolean; entries: readonly AclEntry[] }
  | { kind: "channel_move"; channelId: ChannelId; parentId: ChannelId | null }
  /** A new channel inherits and has no entries. */
  | { kind: "channel_create"; channelId: ChannelId; parentId: ChannelId | null }
  /** All below it goes too. */
  | { kind: "channel_delete"; channelId: ChannelId };

export interface Snapshot {
  rights: OrganizationRights;
  /**
   * Active members. One for each distinct set of roles is enough, besides the actor, whoever has an entry of
   * their own and whoever the change names.
   */
  members: readonly Member[];
}

export function applyChange(snapshot: Snapshot, change: Change): Snapshot {
  const { rights, members } = snapshot;
  const { roles, channels, entries } = rights;
  const withRights = (part: Partial<OrganizationRights>): Snapshot => ({
    members,
    rights: { ...rights, ...part },
  });
  switch (change.kind) {
    case "role_create":
      return withRights({
        roles: [...roles.map((role) => shiftFrom(role, change.role.position)), change.role],
      });
    case "role_update":
      return withRights({ roles: replace(roles, change.roleId, { permissions: change.permissions }) });
    case "role_delete":
      return {
        members: members.map((member) => withoutRole(member, change.roleId)),
        rights: {
          roles: roles.filter(({ id }) => id !== change.roleId),
          channels,
          entries: entries.filter(({ subject }) => subject.id !== change.roleId),
        },
      };
    case "role_reorder":
      return withRights({
        roles: roles.map((role) =>
          role.isEveryone ? role : { ...role, position: change.order.indexOf(role.id) + 1 },
        ),
      });
    case "member_roles":
      return {
        rights,
        members: members.map((member) =>
          member.userId === change.userId ? { ...member, roleIds: change.roleIds } : member,
        ),
      };
    case "channel_acl":
      return withRights({
        channels: replace(channels, change.channelId, { inherit: change.inherit }),
        entries: [...entries.filter(({ channelId }) => channelId !== change.channelId), ...change.entries],
      });
    case "channel_move":
      return withRights({ channels: replace(channels, change.channelId, { parentId: change.parentId }) });
    case "channel_create":
      return withRights({
        channels: [...channels, { id: change.channelId, parentId: change.parentId, inherit: true }],
      });
    case "channel_delete":
      return withRights(withoutSubtree(rights, change.channelId));
  }
}

const shiftFrom = (role: Role, position: number): Role =>
  role.position >= position ? { ...role, position: role.position + 1 } : role;

const withoutRole = (member: Member, roleId: RoleId): Member =>
  member.roleIds.has(roleId)
    ? { ...member, roleIds: new Set([...member.roleIds].filter((id) => id !== roleId)) }
    : member;

const replace = <T extends Role | ChannelNode>(items: readonly T[], id: T["id"], part: Partial<T>): T[] =>
  items.map((item) => (item.id === id ? { ...item, ...part } : item));

function withoutSubtree({ channels, entries }: OrganizationRights, channelId: ChannelId) {
  const gone = new Set(subtreeOf(channels, channelId).map(({ id }) => id));
  return {
    channels: channels.filter(({ id }) => !gone.has(id)),
    entries: entries.filter((entry) => !gone.has(entry.channelId)),
  };
}
