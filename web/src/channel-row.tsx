import type { KeyboardEvent, Ref } from "react";
import { ChevronIcon, LockIcon, VoiceIcon } from "./icons.tsx";
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
        <span className="channel-name">{channel.name}</span>
        {channel.hasPassword && <LockIcon />}
        <span className="count">{countOf(people.length, channel.userLimit)}</span>
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

function countOf(count: number, limit: number): string {
  if (limit > 0) return `${count}/${limit}`;
  return count > 0 ? String(count) : "";
}

function labelOf({ row, people, isCurrent }: ChannelRowProps): string {
  const parts = [row.channel.name];
  if (row.channel.hasPassword) parts.push("needs a password");
  if (isCurrent) parts.push("you are here");
  if (people.length > 0) parts.push(people.map(({ name }) => name).join(", "));
  return parts.join(", ");
}
