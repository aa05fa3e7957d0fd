import type { Channel } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";
import { type KeyboardEvent, useRef, useState } from "react";
import { ChannelRow } from "./channel-row.tsx";
import type { PersonProps } from "./person.tsx";
import { treeAction, visibleRows } from "./tree.ts";

interface ChannelTreeProps {
  channels: readonly Channel[];
  people(channelId: ChannelId): readonly (PersonProps & { id: string })[];
  current: ChannelId | undefined;
  onJoin(channel: Channel): void;
}

export function ChannelTree({ channels, people, current, onJoin }: ChannelTreeProps) {
  const [collapsed, setCollapsed] = useState<ReadonlySet<ChannelId>>(new Set());
  const [focused, setFocused] = useState<ChannelId>();
  const items = useRef(new Map<ChannelId, HTMLDivElement>());
  const rows = visibleRows(channels, collapsed);
  // One item at a time is in the Tab order; the arrow keys lead to the others.
  const tabStop = (rows.find(({ channel }) => channel.id === focused) ?? rows[0])?.channel.id;

  const toggle = (id: ChannelId) =>
    setCollapsed((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });

  function onKeyDown(event: KeyboardEvent, index: number) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const action = treeAction(rows, index, event.key, collapsed);
    if (!action) return;
    event.preventDefault();
    if ("focus" in action) items.current.get(action.focus)?.focus();
    else if ("toggle" in action) toggle(action.toggle);
    else onJoin(action.join);
  }

  return (
    <div role="tree" aria-label="Channels" className="tree">
      {rows.map((row, index) => (
        <ChannelRow
          key={row.channel.id}
          row={row}
          people={people(row.channel.id)}
          isCurrent={row.channel.id === current}
          isOpen={!collapsed.has(row.channel.id)}
          isTabStop={row.channel.id === tabStop}
          onKeyDown={(event) => onKeyDown(event, index)}
          onFocus={() => setFocused(row.channel.id)}
          onToggle={() => toggle(row.channel.id)}
          onJoin={() => onJoin(row.channel)}
          itemRef={(item) => {
            if (item) items.current.set(row.channel.id, item);
            else items.current.delete(row.channel.id);
          }}
        />
      ))}
    </div>
  );
}
