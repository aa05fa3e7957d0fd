import type { DragEvent, KeyboardEvent, Ref } from "react";
import { ChevronIcon, GearIcon, LockIcon, QuestionIcon, VoiceIcon } from "./icons.tsx";
import type { DropZone } from "./manage/channel-place.ts";
import { Person, type PersonProps } from "./person.tsx";
import type { Row } from "./tree.ts";

interface ChannelRowProps {
  row: Row;
  people: readonly (PersonProps & { id: string })[];
  isCurrent: boolean;
  isOpen: boolean;
  isTabStop: boolean;
  onKeyDown(event: KeyboardEvent): void;
  onFocus(): void;
  onToggle(): void;
  onJoin(): void;
  /** Whether the person manages this channel: then it can be dragged, and has settings. */
  isManaged: boolean;
  onManage(): void;
  drop: DropZone | undefined;
  onDragStart(event: DragEvent): void;
  onDragOver(event: DragEvent): void;
  onDrop(event: DragEvent): void;
  onDragEnd(): void;
  itemRef: Ref<HTMLDivElement>;
}

export function ChannelRow(props: ChannelRowProps) {
  const { row, people, isCurrent, isOpen } = props;
  const { channel } = row;
  return (
    <div
      ref={props.itemRef}
      role="treeitem"
      className="channel"
      aria-label={labelOf(props)}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isCurrent}
      aria-expanded={row.hasChildren ? isOpen : undefined}
      tabIndex={props.isTabStop ? 0 : -1}
      style={{ "--level": row.level } as React.CSSProperties}
      onKeyDown={props.onKeyDown}
      onFocus={props.onFocus}
      onClick={props.onJoin}
      aria-keyshortcuts={props.isManaged ? MOVE_KEYS : undefined}
      data-drop={props.drop}
      draggable={props.isManaged}
      onDragStart={props.onDragStart}
      onDragOver={props.onDragOver}
      onDrop={props.onDrop}
      onDragEnd={props.onDragEnd}
    >
      <div className="channel-line">
        {row.hasChildren ? (
          // A pointer's shortcut; the keyboard has the left and right arrows for it.
          // biome-ignore lint/a11y/noStaticElementInteractions: the tree item itself is the control
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          <span
            className="chevron"
            data-open={isOpen}
            onClick={(event) => {
              event.stopPropagation();
              props.onToggle();
            }}
          >
            <ChevronIcon />
          </span>
        ) : (
          <span className="chevron" />
        )}
        <VoiceIcon />
        <span className="channel-name">{channel.name}</span> {channel.hasPassword && <LockIcon />}
        <span className="count">{countOf(people.length, channel.userLimit)}</span>{" "}
        <button
          type="button"
          className="channel-manage"
          tabIndex={props.isTabStop ? 0 : -1}
          aria-label={props.isManaged ? `Settings of ${channel.name}` : `What may I do in ${channel.name}?`}
          title={props.isManaged ? "Settings" : "What may I do here?"}
          onClick={(event) => {
            event.stopPropagation();
            props.onManage();
          }}
        >
          {props.isManaged ? <GearIcon /> : <QuestionIcon />}
        </button>
      </div>
      {channel.topic !== "" && <p className="topic">{channel.topic}</p>}
      {people.length > 0 && (
        <div className="people">
          {people.map(({ id, ...person }) => (
            <Person key={id} {...person} />
          ))}
        </div>
      )}
    </div>
  );
}

const MOVE_KEYS = "Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight";

function countOf(count: number, limit: number): string {
  if (limit > 0) return `${count}/${limit}`;
  return count > 0 ? String(count) : "";
}

/** First what is seen, in its order: whoever speaks to the machine names things as they see them. */
function labelOf({ row, people, isCurrent }: ChannelRowProps): string {
  const { name, topic, userLimit, hasPassword } = row.channel;
  const parts = [name, countOf(people.length, userLimit), topic];
  for (const person of people) parts.push(person.name, person.you ? "you" : "");
  parts.push(isCurrent ? "you are here" : "", hasPassword ? "needs a password" : "");
  for (const person of people) if (person.muted) parts.push(`${person.name} is muted`);
  return parts.filter((part) => part !== "").join(", ");
}
