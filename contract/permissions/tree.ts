/** Ways through the channel tree. Each throws when the tree isn't one: a parent missing, or a ring. */
import type { ChannelId } from "../ids.ts";
import type { ChannelNode } from "./model.ts";

/** Root first, `channelId` last. Throws when the channel isn't among `channels`. */
export function pathTo(channels: readonly ChannelNode[], channelId: ChannelId): ChannelNode[] {
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  const path: ChannelNode[] = [];
  for (let id: ChannelId | null = channelId; id !== null; ) {
    const channel: ChannelNode | undefined = byId.get(id);
    if (!channel) throw new Error(`Channel ${id} is not in the tree.`);
    if (path.length === channels.length) throw new Error(`Channel ${id} is in a ring of parents.`);
    path.push(channel);
    id = channel.parentId;
  }
  return path.reverse();
}

/** Those of the named channels that there are, and all above them. */
export function waysTo<T extends ChannelNode>(channels: readonly T[], ids: Iterable<ChannelId>): T[] {
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  const ways = new Set<T>();
  for (const id of ids) {
    for (
      let at = byId.get(id);
      at !== undefined && !ways.has(at);
      at = at.parentId ? byId.get(at.parentId) : undefined
    )
      ways.add(at);
  }
  return [...ways];
}

/** All channels, each after its parent; siblings keep the order they came in. */
export function parentsFirst<T extends ChannelNode>(channels: readonly T[]): T[] {
  const children = Map.groupBy(channels, (channel) => channel.parentId);
  const ordered = [...(children.get(null) ?? [])];
  for (let next = 0; next < ordered.length; next++) {
    const channel = ordered[next];
    if (channel) for (const child of children.get(channel.id) ?? []) ordered.push(child);
  }
  if (ordered.length !== channels.length) throw new Error("The channels are not a tree.");
  return ordered;
}

/** The channel itself and all below it, each after its parent. */
export function subtreeOf(channels: readonly ChannelNode[], channelId: ChannelId): ChannelNode[] {
  const inside = new Set<ChannelId>([channelId]);
  return parentsFirst(channels).filter(({ id, parentId }) => {
    if (parentId !== null && inside.has(parentId)) inside.add(id);
    return inside.has(id);
  });
}

/** Whether `channelId` can stand below `parentId` without becoming its own ancestor. */
export const wouldMakeRing = (
  channels: readonly ChannelNode[],
  channelId: ChannelId,
  parentId: ChannelId | null,
): boolean => parentId !== null && pathTo(channels, parentId).some(({ id }) => id === channelId);

/** Levels from the root to the deepest channel below `channelId`, were it to stand below `parentId`. */
export function depthAfterMove(
  channels: readonly ChannelNode[],
  channelId: ChannelId,
  parentId: ChannelId | null,
): number {
  const levels = new Map<ChannelId, number>();
  const above = parentId === null ? 0 : pathTo(channels, parentId).length;
  for (const channel of subtreeOf(channels, channelId)) {
    const level = channel.id === channelId ? above : (channel.parentId && levels.get(channel.parentId)) || 0;
    levels.set(channel.id, level + 1);
  }
  return Math.max(...levels.values());
}
