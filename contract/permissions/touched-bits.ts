/**
 * The bits that a change touches: every bit of a role, or of what a channel's way to the root says, that is
 * different afterwards, whether or not any member feels it today. Assigning a role touches its bits; taking one
 * away touches none, since it needs rank alone.
 */
import type { ChannelId, RoleId } from "../ids.ts";
import { differencesOf } from "./acl-difference.ts";
import { CHANNEL_BITS, VIEW } from "./bits.ts";
import type { Change, Snapshot } from "./change.ts";
import type { AclEntry, ChannelNode, OrganizationRights } from "./model.ts";
import { pathTo, subtreeOf } from "./tree.ts";

export interface TouchedBits {
  organization: bigint;
  channels: ReadonlyMap<ChannelId, bigint>;
}

const NOWHERE: ReadonlyMap<ChannelId, bigint> = new Map();

export function touchedBits({ rights, members }: Snapshot, change: Change): TouchedBits {
  switch (change.kind) {
    case "role_create":
      return { organization: change.role.permissions, channels: NOWHERE };
    case "role_update":
      return { organization: permissionsOf(rights, change.roleId) ^ change.permissions, channels: NOWHERE };
    case "role_delete":
      return {
        organization: permissionsOf(rights, change.roleId),
        channels: touchedByRoleEntries(rights, change.roleId),
      };
    case "member_roles": {
      const before = members.find(({ userId }) => userId === change.userId)?.roleIds;
      const added = rights.roles.filter(({ id }) => change.roleIds.has(id) && !before?.has(id));
      return { organization: added.reduce((sum, role) => sum | role.permissions, 0n), channels: NOWHERE };
    }
    case "channel_acl":
      return { organization: 0n, channels: touchedByAcl(rights, change) };
    case "channel_move":
      return { organization: 0n, channels: touchedByMove(rights, change) };
    default:
      return { organization: 0n, channels: NOWHERE };
  }
}

const permissionsOf = ({ roles }: OrganizationRights, roleId: RoleId): bigint =>
  roles.find(({ id }) => id === roleId)?.permissions ?? 0n;

/** Deleting a role takes its entries out of each channel that has one. */
function touchedByRoleEntries(rights: OrganizationRights, roleId: RoleId): ReadonlyMap<ChannelId, bigint> {
  const touched = new Map<ChannelId, bigint>();
  for (const entry of rights.entries.filter(({ subject }) => subject.id === roleId)) {
    const bits = mentionedBy(entry);
    const below = entry.appliesTo === "here_and_below" ? bits : 0n;
    for (const [id, more] of spread(rights.channels, entry.channelId, bits, below)) {
      touched.set(id, (touched.get(id) ?? 0n) | more);
    }
  }
  return touched;
}

function touchedByAcl(
  rights: OrganizationRights,
  change: Extract<Change, { kind: "channel_acl" }>,
): ReadonlyMap<ChannelId, bigint> {
  const before = rights.entries.filter(({ channelId }) => channelId === change.channelId);
  const channel = pathTo(rights.channels, change.channelId).at(-1) as ChannelNode;
  let here = 0n;
  let below = 0n;
  for (const difference of differencesOf(before, change.entries)) {
    here |= difference.here;
    below |= difference.below;
  }
  if (channel.inherit !== change.inherit) {
    const inherited = mentionedByLayers(rights, layersAbove(rights.channels, channel.parentId));
    here |= inherited;
    below |= inherited;
  }
  return spread(rights.channels, change.channelId, here, below);
}

function touchedByMove(
  rights: OrganizationRights,
  { channelId, parentId }: Extract<Change, { kind: "channel_move" }>,
): ReadonlyMap<ChannelId, bigint> {
  const channel = pathTo(rights.channels, channelId).at(-1) as ChannelNode;
  const layers = channel.inherit
    ? inOneOnly(layersAbove(rights.channels, channel.parentId), layersAbove(rights.channels, parentId))
    : new Set<ChannelId>();
  const below = mentionedByLayers(rights, layers);
  // Each channel on the way that can't be seen hides all below it, inherited or not.
  const gates = inOneOnly(
    ancestorsOf(rights.channels, channel.parentId),
    ancestorsOf(rights.channels, parentId),
  );
  const gated = [...gates].some((id) => (mentionedAt(rights, id) & VIEW) !== 0n) ? VIEW : 0n;
  return spread(rights.channels, channelId, below | gated, below);
}

/** From a channel to all below it: bits flow on where channels inherit; VIEW hides all below in any case. */
function spread(
  channels: readonly ChannelNode[],
  channelId: ChannelId,
  here: bigint,
  below: bigint,
): Map<ChannelId, bigint> {
  const touched = new Map<ChannelId, bigint>([[channelId, here]]);
  const flowing = new Map<ChannelId, bigint>([[channelId, below]]);
  for (const { id, parentId, inherit } of subtreeOf(channels, channelId).slice(1)) {
    const flow = inherit ? (flowing.get(parentId as ChannelId) ?? 0n) : 0n;
    flowing.set(id, flow);
    touched.set(id, flow | ((touched.get(parentId as ChannelId) ?? 0n) & VIEW));
  }
  return touched;
}

/** Channels whose entries flow into a child of `parentId` that inherits. */
function layersAbove(channels: readonly ChannelNode[], parentId: ChannelId | null): Set<ChannelId> {
  const path = parentId === null ? [] : pathTo(channels, parentId);
  const start = path.findLastIndex((channel) => !channel.inherit);
  return new Set(path.slice(Math.max(start, 0)).map(({ id }) => id));
}

const ancestorsOf = (channels: readonly ChannelNode[], parentId: ChannelId | null): Set<ChannelId> =>
  new Set(parentId === null ? [] : pathTo(channels, parentId).map(({ id }) => id));

const inOneOnly = (a: Set<ChannelId>, b: Set<ChannelId>): Set<ChannelId> =>
  new Set([...[...a].filter((id) => !b.has(id)), ...[...b].filter((id) => !a.has(id))]);

const mentionedBy = ({ allow, deny }: AclEntry): bigint => (allow | deny) & CHANNEL_BITS;

const mentionedByLayers = ({ entries }: OrganizationRights, layers: ReadonlySet<ChannelId>): bigint =>
  entries
    .filter(({ channelId, appliesTo }) => layers.has(channelId) && appliesTo === "here_and_below")
    .reduce((sum, entry) => sum | mentionedBy(entry), 0n);

/** All that a channel's own entries and those that flow into it mention. */
function mentionedAt(rights: OrganizationRights, channelId: ChannelId): bigint {
  const own = rights.entries.filter((entry) => entry.channelId === channelId);
  return own.reduce(
    (sum, entry) => sum | mentionedBy(entry),
    mentionedByLayers(rights, layersAbove(rights.channels, channelId)),
  );
}
