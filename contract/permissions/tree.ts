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
export const parentsFirst = <T extends ChannelNode>(channels: readonly T[]): T[] =>
  placeChannels(channels).ordered;

export interface PlacedChannels<T> {
  /** Each after its parent; siblings keep the order they came in. */
  ordered: T[];
  /** Place in `ordered` of each one's parent, -1 for none. */
  parents: Int32Array;
  /** Place in `ordered` of the channel with that id. */
  placeOf(id: ChannelId): number | undefined;
}

/** Ids are looked up once: numbers in arrays are all that the rest takes, and far faster than texts in maps. */
export function placeChannels<T extends ChannelNode>(channels: readonly T[]): PlacedChannels<T> {
  const size = channels.length;
  const given = new Map<ChannelId, number>();
  for (let n = 0; n < size; n++) given.set((channels[n] as T).id, n);
  // Children of each are chained; behind all of them stands what has no parent.
  const firstChild = new Int32Array(size + 1).fill(-1);
  const nextSibling = new Int32Array(size);
  for (let n = size - 1; n >= 0; n--) {
    const { parentId } = channels[n] as T;
    const parent = parentId === null ? size : given.get(parentId);
    if (parent === undefined) throw new Error("The channels are not a tree.");
    nextSibling[n] = firstChild[parent] as number;
    firstChild[parent] = n;
  }
  const ordered: T[] = [];
  const places = new Int32Array(size);
  const parents = new Int32Array(size);
  const order = new Int32Array(size);
  for (let next = -1; next < ordered.length; next++) {
    const above = next < 0 ? size : (order[next] as number);
    for (let n = firstChild[above] as number; n >= 0; n = nextSibling[n] as number) {
      const place = ordered.push(channels[n] as T) - 1;
      order[place] = n;
      places[n] = place;
      parents[place] = next;
    }
  }
  // Those in a ring hang on nothing that was reached.
  if (ordered.length !== size) throw new Error("The channels are not a tree.");
  const placeOf = (id: ChannelId) => {
    const n = given.get(id);
    return n === undefined ? undefined : (places[n] as number);
  };
  return { ordered, parents, placeOf };
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
