/**
 * May this member make this change? The rules: the right to make it, rank over what it acts on, every touched bit
 * held where it is touched, and nobody able afterwards to do what the actor couldn't do there. So whatever
 * members do one after the other, what they hold together never grows. To be asked, and the change made, in
 * one transaction with the organisation's row locked.
 */
import type { ChannelId, RoleId } from "../ids.ts";
import { differencesOf } from "./acl-difference.ts";
import { ALL, has, MANAGE_CHANNEL, MANAGE_ROLES } from "./bits.ts";
import { applyChange, type Change, type Snapshot } from "./change.ts";
import { effectiveTree, organizationPermissions } from "./effective.ts";
import { findGain } from "./gain.ts";
import type { ChannelNode, Member, Role } from "./model.ts";
import { outranks, outranksRole, rankOf } from "./rank.ts";
import { mayGive, reachedChannels, reachedMembers } from "./reach.ts";
import type { Refusal } from "./refusal.ts";
import { indexRights } from "./rights-index.ts";
import { touchedBits } from "./touched-bits.ts";
import { subtreeOf } from "./tree.ts";

/** What forbids the change, if anything does. Whether it makes sense (rings, depth, names) is not asked here. */
export function findRefusal(snapshot: Snapshot, actor: Member, change: Change): Refusal | undefined {
  return (
    findRightRefusal(snapshot, actor, change) ??
    findRankRefusal(snapshot, actor, change) ??
    findTouchRefusal(snapshot, actor, change) ??
    findGainRefusal(snapshot, actor, change)
  );
}

function findRightRefusal({ rights }: Snapshot, actor: Member, change: Change): Refusal | undefined {
  const inOrganization = organizationPermissions(rights.roles, actor);
  const places = managedBy(rights.channels, change);
  if (places === undefined) {
    if (has(inOrganization, MANAGE_ROLES)) return undefined;
    return { kind: "permission_missing", bits: MANAGE_ROLES, channelId: null };
  }
  const tree = effectiveTree(indexRights(rights), actor);
  const holds = (id: ChannelId | null) => (id === null ? inOrganization : (tree.get(id) ?? 0n));
  const unmanaged = places.find((id) => !has(holds(id), MANAGE_CHANNEL));
  if (unmanaged === undefined) return undefined;
  return { kind: "permission_missing", bits: MANAGE_CHANNEL, channelId: unmanaged };
}

/** Where a change needs MANAGE_CHANNEL, null standing for the organisation; undefined when it is about roles. */
function managedBy(channels: readonly ChannelNode[], change: Change): (ChannelId | null)[] | undefined {
  switch (change.kind) {
    case "channel_acl":
      return [change.channelId];
    case "channel_create":
      return [change.parentId];
    case "channel_move":
      return [change.channelId, change.parentId];
    case "channel_delete":
      return subtreeOf(channels, change.channelId).map(({ id }) => id);
    default:
      return undefined;
  }
}

function findRankRefusal(snapshot: Snapshot, actor: Member, change: Change): Refusal | undefined {
  const { roles } = snapshot.rights;
  const above = (position: number) => outranksRole(roles, actor, position);
  switch (change.kind) {
    case "role_create":
      // Those from its position up move one up, the actor's own highest role with them.
      return change.role.position >= 1 && above(change.role.position - 1)
        ? undefined
        : { kind: "rank_too_low" };
    case "role_update":
    case "role_delete": {
      const role = roles.find(({ id }) => id === change.roleId);
      if (role?.isEveryone && change.kind === "role_delete") return { kind: "everyone_fixed" };
      return role && above(role.position) ? undefined : { kind: "rank_too_low" };
    }
    case "role_reorder":
      return findReorderRefusal(roles, actor, change.order);
    case "member_roles":
      return findAssignRefusal(snapshot, actor, change);
    case "channel_acl":
      return findNarrowRefusal(snapshot, actor, change);
    default:
      return undefined;
  }
}

/** Roles that the actor doesn't outrank keep their places, counted from the top. */
function findReorderRefusal(
  roles: readonly Role[],
  actor: Member,
  order: readonly RoleId[],
): Refusal | undefined {
  if (roles.some((role) => role.isEveryone && order.includes(role.id))) return { kind: "everyone_fixed" };
  const fixed = roles
    .filter((role) => !role.isEveryone && !outranksRole(roles, actor, role.position))
    .toSorted((a, b) => a.position - b.position);
  const top = order.slice(order.length - fixed.length);
  return fixed.every((role, n) => role.id === top[n]) ? undefined : { kind: "rank_too_low" };
}

function findAssignRefusal(
  { rights, members }: Snapshot,
  actor: Member,
  { userId, roleIds }: Extract<Change, { kind: "member_roles" }>,
): Refusal | undefined {
  const target = members.find((member) => member.userId === userId);
  if (!target) return { kind: "rank_too_low" };
  if (target.isOwner && !actor.isOwner) return { kind: "owner_untouchable" };
  if (!actor.isOwner && !outranks(rights.roles, actor, target)) return { kind: "rank_too_low" };
  const changed = rights.roles.filter(({ id }) => target.roleIds.has(id) !== roleIds.has(id));
  if (changed.some((role) => role.isEveryone)) return { kind: "everyone_fixed" };
  const reachable = changed.every(({ position }) => outranksRole(rights.roles, actor, position));
  return reachable ? undefined : { kind: "rank_too_low" };
}

/** An entry that takes something from a person or a role acts on them; from oneself anybody may take. */
function findNarrowRefusal(
  { rights, members }: Snapshot,
  actor: Member,
  { channelId, entries }: Extract<Change, { kind: "channel_acl" }>,
): Refusal | undefined {
  const before = rights.entries.filter((entry) => entry.channelId === channelId);
  for (const { subject, narrows } of differencesOf(before, entries)) {
    if (!narrows) continue;
    if (subject.type === "role") {
      const role = rights.roles.find(({ id }) => id === subject.id);
      if (role && role.position > rankOf(rights.roles, actor)) return { kind: "rank_too_low" };
      continue;
    }
    const target = members.find((member) => member.userId === subject.id);
    if (!target || target.userId === actor.userId) continue;
    if (target.isOwner) return { kind: "owner_untouchable" };
    if (!outranks(rights.roles, actor, target)) return { kind: "rank_too_low" };
  }
  return undefined;
}

function findTouchRefusal(snapshot: Snapshot, actor: Member, change: Change): Refusal | undefined {
  const { organization, channels } = touchedBits(snapshot, change);
  const held = organizationPermissions(snapshot.rights.roles, actor);
  if (held === ALL) return undefined;
  if ((organization & ~held) !== 0n) {
    return { kind: "bits_not_held", bits: organization & ~held, channelId: null };
  }
  if (channels.size === 0) return undefined;
  const tree = effectiveTree(indexRights(snapshot.rights), actor);
  for (const [channelId, touched] of channels) {
    const bits = touched & ~(tree.get(channelId) ?? 0n);
    if (bits !== 0n) return { kind: "bits_not_held", bits, channelId };
  }
  return undefined;
}

/** Members and channels that the change can't reach needn't be looked at. */
function findGainRefusal(snapshot: Snapshot, actor: Member, change: Change): Refusal | undefined {
  if (!mayGive(snapshot, change)) return undefined;
  const members = reachedMembers(snapshot, change);
  if (members.length === 0) return undefined;
  const channels = reachedChannels(snapshot.rights.channels, change);
  const before = { members, rights: { ...snapshot.rights, channels } };
  const gain = findGain(before, applyChange(before, change), actor);
  return gain && { kind: "would_gain", ...gain };
}
