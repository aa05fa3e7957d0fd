/** The channel tree as rows, and where the arrow keys lead: pure functions. */
import type { Channel } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";

export interface Row {
  channel: Channel;
  /** 1 for the topmost channels, as aria-level counts. */
  level: number;
  position: number;
  siblings: number;
  hasChildren: boolean;
}

/** `channels` is flat, each parent before its children. Rows inside collapsed channels are left out. */
export function visibleRows(channels: readonly Channel[], collapsed: ReadonlySet<ChannelId>): Row[] {
  const byParent = Map.groupBy(channels, ({ parentId }) => parentId);
  const rows: Row[] = [];
  const visit = (parentId: ChannelId | null, level: number) => {
    const siblings = byParent.get(parentId) ?? [];
    siblings.forEach((channel, index) => {
      const hasChildren = byParent.has(channel.id);
      rows.push({ channel, level, position: index + 1, siblings: siblings.length, hasChildren });
      if (hasChildren && !collapsed.has(channel.id)) visit(channel.id, level + 1);
    });
  };
  visit(null, 1);
  return rows;
}

export type TreeAction = { focus: ChannelId } | { toggle: ChannelId } | { join: Channel } | undefined;

/** https://www.w3.org/WAI/ARIA/apg/patterns/treeview/#keyboardinteraction */
export function treeAction(
  rows: readonly Row[],
  index: number,
  key: string,
  collapsed: ReadonlySet<ChannelId>,
): TreeAction {
  const row = rows[index];
  if (!row) return undefined;
  const { channel, hasChildren } = row;
  const isOpen = hasChildren && !collapsed.has(channel.id);
  switch (key) {
    case "ArrowDown":
      return focus(rows[index + 1]);
    case "ArrowUp":
      return focus(rows[index - 1]);
    case "Home":
      return focus(rows[0]);
    case "End":
      return focus(rows.at(-1));
    case "ArrowRight":
      if (isOpen) return focus(rows[index + 1]);
      return hasChildren ? { toggle: channel.id } : undefined;
    case "ArrowLeft":
      if (isOpen) return { toggle: channel.id };
      return channel.parentId === null ? undefined : { focus: channel.parentId };
    case "Enter":
    case " ":
      return { join: channel };
    default:
      return undefined;
  }
}

const focus = (row: Row | undefined): TreeAction => (row ? { focus: row.channel.id } : undefined);
