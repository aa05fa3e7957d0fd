/**
 * Whether a change lets anybody do what the one who makes it can't do there. Touched bits alone don't tell: who
 * is let into a channel again also gets back all that they hold in it.
 */
import type { ChannelId, UserId } from "../ids.ts";
import { ALL, CHANNEL_BITS, has } from "./bits.ts";
import type { Snapshot } from "./change.ts";
import { effectiveTree, organizationPermissions } from "./effective.ts";
import type { Member } from "./model.ts";
import { indexRights, type RightsIndex } from "./rights-index.ts";
import { waysTo } from "./tree.ts";

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
  const actorTree = effectiveTree(indexRights(before.rights), actor);
  // Where the actor holds everything that channels know, nobody can go beyond it.
  const open = before.rights.channels.filter(({ id }) => !has(actorTree.get(id) ?? 0n, CHANNEL_BITS));
  if (open.length === 0) return undefined;
  const [old, young] = [before, after].map(({ rights }) => {
    const known = rights.channels.filter(({ id }) => actorTree.has(id));
    const ways = waysTo(
      known,
      open.map(({ id }) => id),
    );
    return indexRights({ ...rights, channels: ways });
  }) as [RightsIndex, RightsIndex];
  const oldMembers = new Map(before.members.map((member) => [member.userId, member]));
  for (const youngMember of representatives(after.members, oldMembers, [old, young])) {
    const member = { ...youngMember, timedOut: false };
    const beyond = [...effectiveTree(young, member)].flatMap(([channelId, permissions]) => {
      const bits = permissions & ~(actorTree.get(channelId) ?? 0n) & CHANNEL_BITS;
      return bits === 0n ? [] : [{ channelId, bits }];
    });
    // Most members hold nowhere more than who makes the change: what they held before needn't be asked.
    if (beyond.length === 0) continue;
    const oldTree = effectiveTree(old, { ...(oldMembers.get(member.userId) as Member), timedOut: false });
    for (const { channelId, bits } of beyond) {
      const gained = bits & ~(oldTree.get(channelId) ?? 0n);
      if (gained !== 0n) return { userId: member.userId, channelId, bits: gained };
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
