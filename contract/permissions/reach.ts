/**
 * What of an organisation a change can bear on: the guards look at no more, and no more has to be read from the
 * database to ask them. Roles, the actor and those whom the change names always count.
 */
import type { ChannelId, RoleId } from "../ids.ts";
import { ALL, CONNECT, VIEW } from "./bits.ts";
import type { Change, Snapshot } from "./change.ts";
import { organizationPermissions } from "./effective.ts";
import type { ChannelNode, Member, Role } from "./model.ts";
import { touchedBits } from "./touched-bits.ts";
import { pathTo, subtreeOf } from "./tree.ts";

export type Reach =
  /** Nothing else. */
  | { over: "roles" }
  /** `reachedChannels`, and the actor's entries there. */
  | { over: "actor" }
  /** `reachedChannels` with all their entries and whom these name; everybody else only where it `mayGive`. */
  | { over: "channels" }
  /** All channels; of their entries those about the actor, the named, `roleIds` and the holders of a role. */
  | { over: "members"; roleIds: readonly RoleId[]; holdersOf: RoleId | "everyone" | "nothing" };

export function reachOf(roles: readonly Role[], actor: Member, change: Change): Reach {
  const holdsAll = organizationPermissions(roles, actor) === ALL;
  switch (change.kind) {
    case "role_create":
    case "role_reorder":
      return { over: "roles" };
    case "role_update": {
      const role = roles.find(({ id }) => id === change.roleId);
      const gives = (change.permissions & ~(role?.permissions ?? 0n)) !== 0n;
      if (holdsAll || !gives) return { over: "roles" };
      return { over: "members", roleIds: [], holdersOf: role?.isEveryone ? "everyone" : change.roleId };
    }
    case "role_delete":
      if (holdsAll) return { over: "roles" };
      return { over: "members", roleIds: [change.roleId], holdersOf: change.roleId };
    case "member_roles":
      if (holdsAll) return { over: "roles" };
      return { over: "members", roleIds: [...change.roleIds], holdersOf: "nothing" };
    case "channel_create":
    case "channel_delete":
      return { over: "actor" };
    case "channel_acl":
    case "channel_move":
      return { over: "channels" };
  }
}

/** With their ways to the root, without which permissions can't be told. */
export function reachedChannels(channels: readonly ChannelNode[], change: Change): readonly ChannelNode[] {
  const wayTo = (id: ChannelId | null) => (id === null ? [] : pathTo(channels, id));
  const around = (id: ChannelId) => [...wayTo(id), ...subtreeOf(channels, id)];
  const asListed = (reached: readonly ChannelNode[]) => {
    const ids = new Set(reached);
    return channels.filter((channel) => ids.has(channel));
  };
  switch (change.kind) {
    case "channel_create":
      return wayTo(change.parentId);
    case "channel_acl":
    case "channel_delete":
      return asListed(around(change.channelId));
    case "channel_move":
      return asListed([...around(change.channelId), ...wayTo(change.parentId)]);
    default:
      return channels;
  }
}

/** Those whose permissions the change can alter. */
export function reachedMembers({ rights, members }: Snapshot, change: Change): readonly Member[] {
  switch (change.kind) {
    case "role_create":
    case "role_reorder":
    case "channel_create":
    case "channel_delete":
      return [];
    case "role_update":
    case "role_delete": {
      const isEveryone = rights.roles.some(({ id, isEveryone }) => id === change.roleId && isEveryone);
      return isEveryone ? members : members.filter(({ roleIds }) => roleIds.has(change.roleId));
    }
    case "member_roles":
      return members.filter(({ userId }) => userId === change.userId);
    case "channel_acl":
    case "channel_move":
      return members;
  }
}

/**
 * Whether anybody can end up with more than the bits that the change touches, which its actor holds. In a channel's
 * entries each bit goes its own way, but for the two that open the door to all others; a move opens doors even where
 * no entry says so, since roles alone may hide what stands above. What a role loses gives nobody anything.
 */
export function mayGive(snapshot: Snapshot, change: Change): boolean {
  if (change.kind === "role_update") {
    const before = snapshot.rights.roles.find(({ id }) => id === change.roleId)?.permissions ?? 0n;
    return (change.permissions & ~before) !== 0n;
  }
  if (change.kind !== "channel_acl") return true;
  const doors = VIEW | CONNECT;
  return [...touchedBits(snapshot, change).channels.values()].some((bits) => (bits & doors) !== 0n);
}
