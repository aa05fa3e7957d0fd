import { MicOffIcon } from "./icons.tsx";

export interface PersonProps {
  name: string;
  muted: boolean;
  speaking: boolean;
  you: boolean;
}

export function Person({ name, muted, speaking, you }: PersonProps) {
  return (
    <span
      className="person"
      data-participant={name}
      data-speaking={speaking}
      data-muted={muted}
      title={speaking ? `${name} is speaking` : name}
    >
      <span
        className="avatar"
        style={{ "--hue": hueOf(name) } as React.CSSProperties}
        data-initials={initialsOf(name)}
      />
      {/* Spaces that a flex box doesn't show: they part the words for whoever reads or speaks them. */}
      <span className="person-name">{name}</span> {you && <span className="you">you</span>}{" "}
      {muted && (
        <span className="muted" role="img" aria-label="muted">
          <MicOffIcon />
        </span>
      )}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => word !== "");
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [...name].slice(0, 2);
  return letters.join("").toUpperCase();
}

/** The same person has the same colour for everybody. */
function hueOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}
