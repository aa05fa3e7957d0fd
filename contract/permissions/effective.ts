/** What a member may do: in the organisation, in one channel, or in all channels at once. */
import type { ChannelId } from "../ids.ts";
import { ADMINISTRATOR, ALL, CONNECT, CONNECTED_BITS, has, ORG_ONLY_BITS, VIEW } from "./bits.ts";
import { channelBits, createLayers, type Layers } from "./layer.ts";
import type { Member, OrganizationRights, Role } from "./model.ts";
import { indexRights, type RightsIndex } from "./rights-index.ts";
import { pathTo } from "./tree.ts";

/** The roles that count for a member, `everyone` included; none for those outside. */
export const heldRoles = (roles: readonly Role[], member: Member): Role[] =>
  member.status === "active"
    ? roles.filter(({ isEveryone, id }) => isEveryone || member.roleIds.has(id))
    : [];

/** What roles and ownership give before any channel's entries: the owner and administrators hold everything. */
export function basePermissions(member: { isOwner: boolean; roles: readonly bigint[] }): bigint {
  if (member.isOwner) return ALL;
  const held = member.roles.reduce((sum, role) => sum | role, 0n);
  return has(held, ADMINISTRATOR) ? ALL : held & ALL;
}

/** What a member may do in the organisation outside of any channel. */
export function organizationPermissions(roles: readonly Role[], member: Member): bigint {
  const base = baseOf(heldRoles(roles, member), member);
  return member.timedOut && !has(base, ADMINISTRATOR) ? base & VIEW : base;
}

/** Throws when the channel isn't among `organization.channels`; its path to the root is all that must be. */
export function effective(organization: OrganizationRights, member: Member, channelId: ChannelId): bigint {
  const channels = pathTo(organization.channels, channelId);
  return effectiveTree(indexRights({ ...organization, channels }), member).get(channelId) as bigint;
}

/** One member's permissions in every channel, in time linear in the channels and the member's entries. */
export function effectiveTree(index: RightsIndex, member: Member): Map<ChannelId, bigint> {
  const held = heldRoles(index.organization.roles, member);
  const base = baseOf(held, member);
  if (member.status !== "active" || has(base, ADMINISTRATOR)) {
    return new Map(index.channels.map(({ id }) => [id, base]));
  }
  const size = index.channels.length;
  const layers = collectLayers(index, member, held);
  const arrivingFirst = channelBits(base);
  const belows = new Int32Array(size);
  const seen = new Uint8Array(size);
  const results = new Map<ChannelId, bigint>();
  for (let place = 0; place < size; place++) {
    const channel = index.channels[place];
    if (!channel) continue;
    const parent = index.parents[place] as number;
    const arriving = parent < 0 || !channel.inherit ? arrivingFirst : (belows[parent] as number);
    belows[place] = layers.below(place, arriving);
    const seesParent = parent < 0 || seen[parent] === 1;
    const permissions = masked(seesParent ? layers.here(place, arriving) : 0, base, member.timedOut);
    if (permissions !== 0n) seen[place] = 1;
    results.set(channel.id, permissions);
  }
  return results;
}

function baseOf(held: readonly Role[], member: Member): bigint {
  if (member.status !== "active") return 0n;
  return basePermissions({ isOwner: member.isOwner, roles: held.map((role) => role.permissions) });
}

function collectLayers(index: RightsIndex, member: Member, held: readonly Role[]): Layers {
  const layers = createLayers(index.channels.length);
  for (const { id, isEveryone } of held) {
    const part = isEveryone ? layers.everyone : layers.roles;
    for (const entry of index.entriesBySubject.get(id) ?? []) part.add(entry);
  }
  for (const entry of index.entriesBySubject.get(member.userId) ?? []) layers.user.add(entry);
  return layers;
}

/** 0 exactly when VIEW is missing: what is left otherwise always has it. */
function masked(here: number, base: bigint, timedOut: boolean): bigint {
  const channel = BigInt(here);
  if (!has(channel, VIEW)) return 0n;
  if (timedOut) return VIEW;
  const permissions = channel | (base & ORG_ONLY_BITS);
  return has(permissions, CONNECT) ? permissions : permissions & ~CONNECTED_BITS;
}
