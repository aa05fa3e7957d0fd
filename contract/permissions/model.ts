/** What decides permissions in one organisation, as read in one transaction. */
import type { ChannelId, RoleId, UserId } from "../ids.ts";

export interface Role {
  id: RoleId;
  /** Rank: a higher one stands above. `everyone` is 0. */
  position: number;
  permissions: bigint;
  isEveryone: boolean;
}

export interface Member {
  userId: UserId;
  /** `none` for a person who isn't in the organisation. */
  status: "active" | "banned" | "none";
  isOwner: boolean;
  timedOut: boolean;
  /** Roles assigned to them; every active member holds `everyone` without its being named here. */
  roleIds: ReadonlySet<RoleId>;
}

export interface ChannelNode {
  id: ChannelId;
  parentId: ChannelId | null;
  /** False starts again from what roles give, whatever the channels above say. */
  inherit: boolean;
}

export type AclSubject = { type: "role"; id: RoleId } | { type: "user"; id: UserId };

/** One per channel and subject; `allow & deny` is 0. */
export interface AclEntry {
  channelId: ChannelId;
  subject: AclSubject;
  allow: bigint;
  deny: bigint;
  appliesTo: "here" | "here_and_below";
}

/** For one channel's permissions, its path to the root and that path's entries are enough. */
export interface OrganizationRights {
  roles: readonly Role[];
  channels: readonly ChannelNode[];
  entries: readonly AclEntry[];
}
