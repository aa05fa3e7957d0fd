/**
 * Whether a change lets anybody do what the one who makes it can't do there. Touched bits alone don't tell: who
 * is let into a channel again also gets back all that they hold in it.
 */
import type { ChannelId, UserId } from "../ids.ts";
import { ALL, CHANNEL_BITS } from "./bits.ts";
import type { Snapshot } from "./change.ts";
import { effectiveTree, organizationPermissions } from "./effective.ts";
import type { Member } from "./model.ts";
import { indexRights, type RightsIndex } from "./rights-index.ts";

export interface Gain {
  userId: UserId;
  channelId: ChannelId;
  bits: bigint;
}

/**
 * The first gain of any member of `after` in any channel that goes beyond what `actor` holds there before. The
 * actor's own gains count too. A time-out is looked through: it ends, and the gain would stay. What counts outside
 * of channels comes from roles alone: there touched bits tell all.
 */
export function findGain(before: Snapshot, after: Snapshot, actor: Member): Gain | undefined {
  if (organizationPermissions(before.rights.roles, actor) === ALL) return undefined;
  const old = indexRights(before.rights);
  const young = indexRights(after.rights);
  const actorTree = effectiveTree(old, actor);
  const oldMembers = new Map(before.members.map((member) => [member.userId, member]));
  for (const youngMember of representatives(after.members, oldMembers, [old, young])) {
    const member = { ...youngMember, timedOut: false };
    const oldMember = { ...(oldMembers.get(member.userId) as Member), timedOut: false };
    const oldTree = effectiveTree(old, oldMember);
    for (const [channelId, permissions] of effectiveTree(young, member)) {
      // A channel that is new has nobody in it yet: what roles give there is no gain.
      const channelHeld = oldTree.get(channelId) ?? permissions;
      const bits = permissions & ~channelHeld & ~(actorTree.get(channelId) ?? 0n) & CHANNEL_BITS;
      if (bits !== 0n) return { userId: member.userId, channelId, bits };
    }
  }
  return undefined;
}

/** Members with the same roles and no entries of their own fare alike: one speaks for all. */
function* representatives(
  members: readonly Member[],
  oldMembers: ReadonlyMap<UserId, Member>,
  indexes: readonly RightsIndex[],
): Generator<Member> {
  const seen = new Set<string>();
  for (const member of members) {
    const old = oldMembers.get(member.userId);
    if (!old || member.status !== "active" || member.isOwner) continue;
    const own = indexes.some(({ entriesBySubject }) => entriesBySubject.has(member.userId));
    const key = own
      ? member.userId
      : [old, member].map(({ roleIds }) => [...roleIds].sort().join()).join(";");
    if (seen.has(key)) continue;
    seen.add(key);
    yield member;
  }
}
