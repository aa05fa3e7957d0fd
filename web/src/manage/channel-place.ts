/** Where a channel goes when it is dragged or moved by keys: pure functions of the flat tree. */
import type { Channel } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";

export interface ChannelPlace {
  parentId: ChannelId | null;
  /** The sibling to stand behind; null is the front. */
  afterId: ChannelId | null;
}

export type DropZone = "before" | "inside" | "after";
export type MoveKey = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

export const isMoveKey = (key: string): key is MoveKey =>
  ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(key);

/** Undefined where it can't be dropped: on itself or below itself. */
export function dropPlace(
  channels: readonly Channel[],
  moving: ChannelId,
  target: ChannelId,
  zone: DropZone,
): ChannelPlace | undefined {
  if (isWithin(channels, target, moving)) return undefined;
  const at = channels.find(({ id }) => id === target);
  if (!at) return undefined;
  const siblings = childrenOf(channels, zone === "inside" ? at.id : at.parentId).filter(
    ({ id }) => id !== moving,
  );
  if (zone === "inside") return { parentId: at.id, afterId: siblings.at(-1)?.id ?? null };
  if (zone === "after") return { parentId: at.parentId, afterId: at.id };
  const index = siblings.findIndex(({ id }) => id === target);
  return { parentId: at.parentId, afterId: siblings[index - 1]?.id ?? null };
}

/** Up and down among siblings, right into the one before, left out behind the parent; undefined at an end. */
export function keyPlace(
  channels: readonly Channel[],
  moving: ChannelId,
  key: MoveKey,
): ChannelPlace | undefined {
  const channel = channels.find(({ id }) => id === moving);
  if (!channel) return undefined;
  const { parentId } = channel;
  const siblings = childrenOf(channels, parentId);
  const index = siblings.findIndex(({ id }) => id === moving);
  const before = siblings[index - 1];
  const behind = siblings[index + 1];
  switch (key) {
    case "ArrowUp":
      return before && { parentId, afterId: siblings[index - 2]?.id ?? null };
    case "ArrowDown":
      return behind && { parentId, afterId: behind.id };
    case "ArrowRight":
      return before && { parentId: before.id, afterId: childrenOf(channels, before.id).at(-1)?.id ?? null };
    case "ArrowLeft": {
      const parent = channels.find(({ id }) => id === parentId);
      return parent && { parentId: parent.parentId, afterId: parent.id };
    }
  }
}

const childrenOf = (channels: readonly Channel[], parentId: ChannelId | null) =>
  channels.filter((channel) => channel.parentId === parentId);

function isWithin(channels: readonly Channel[], id: ChannelId, ancestor: ChannelId): boolean {
  for (let at: ChannelId | null | undefined = id; at; ) {
    if (at === ancestor) return true;
    const here: ChannelId = at;
    at = channels.find((channel) => channel.id === here)?.parentId;
  }
  return false;
}
