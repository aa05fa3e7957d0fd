import type { Channel } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";
import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { ChannelRow } from "./channel-row.tsx";
import { type ChannelPlace, type DropZone, dropPlace, isMoveKey, keyPlace } from "./manage/channel-place.ts";
import type { PersonProps } from "./person.tsx";
import { treeAction, visibleRows } from "./tree.ts";

interface ChannelTreeProps {
  channels: readonly Channel[];
  people(channelId: ChannelId): readonly (PersonProps & { id: string })[];
  current: ChannelId | undefined;
  onJoin(channel: Channel): void;
  isManaged(channel: Channel): boolean;
  onManage(channel: Channel): void;
  onMove(channel: Channel, place: ChannelPlace): void;
}

export function ChannelTree(props: ChannelTreeProps) {
  const { channels, people, current, onJoin, isManaged, onMove } = props;
  const [dragged, setDragged] = useState<Channel>();
  const [drop, setDrop] = useState<{ id: ChannelId; zone: DropZone }>();
  const movedByKey = useRef<ChannelId>(undefined);
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

  // A row that moves in the document loses the focus; whoever moves it by keys wants to go on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the new order is what moved the row
  useEffect(() => {
    if (movedByKey.current === undefined) return;
    items.current.get(movedByKey.current)?.focus();
    movedByKey.current = undefined;
  }, [channels]);

  function moveByKey(event: KeyboardEvent, channel: Channel | undefined): boolean {
    if (!event.altKey || !isMoveKey(event.key) || !channel || !isManaged(channel)) return false;
    event.preventDefault();
    const place = keyPlace(channels, channel.id, event.key);
    if (place) {
      movedByKey.current = channel.id;
      onMove(channel, place);
    }
    return true;
  }

  function onDragOver(event: DragEvent, target: Channel) {
    if (!dragged) return;
    const zone = zoneOf(event);
    const isPossible = dropPlace(channels, dragged.id, target.id, zone) !== undefined;
    if (isPossible) event.preventDefault();
    if (drop?.id !== target.id || drop.zone !== zone || !isPossible) {
      setDrop(isPossible ? { id: target.id, zone } : undefined);
    }
  }

  function onDrop(event: DragEvent, target: Channel) {
    event.preventDefault();
    const place = dragged && dropPlace(channels, dragged.id, target.id, zoneOf(event));
    if (dragged && place) onMove(dragged, place);
    endDrag();
  }

  function endDrag() {
    setDragged(undefined);
    setDrop(undefined);
  }

  function onKeyDown(event: KeyboardEvent, index: number) {
    // What is pressed on a button inside the row is that button's.
    if (event.target !== event.currentTarget) return;
    if (moveByKey(event, rows[index]?.channel)) return;
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
          isManaged={isManaged(row.channel)}
          onManage={() => props.onManage(row.channel)}
          drop={drop?.id === row.channel.id ? drop.zone : undefined}
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = "move";
            setDragged(row.channel);
          }}
          onDragOver={(event) => onDragOver(event, row.channel)}
          onDrop={(event) => onDrop(event, row.channel)}
          onDragEnd={endDrag}
          itemRef={(item) => {
            if (item) items.current.set(row.channel.id, item);
            else items.current.delete(row.channel.id);
          }}
        />
      ))}
    </div>
  );
}

/** The upper and lower thirds of a row mean before and after it, its middle inside. */
function zoneOf(event: DragEvent): DropZone {
  const { top, height } = event.currentTarget.getBoundingClientRect();
  const share = (event.clientY - top) / height;
  if (share < 1 / 3) return "before";
  return share > 2 / 3 ? "after" : "inside";
}
