/** Which entries of the audit log are shown. On a phone they are folded: the entries are what one comes for. */
import type { Channel } from "@parley/contract/channels";
import type { Member } from "@parley/contract/members";
import type { Role } from "@parley/contract/roles";
import { type ReactNode, useId, useState } from "react";
import { AUDIT_ACTIONS } from "./audit-words.ts";
import { labelOf } from "./use-members.tsx";

/** Times are local, as the browser's field gives them; empty is any. */
export const NO_FILTER = { action: "", actor: "", outcome: "", target: "", since: "", until: "" };

interface AuditFiltersProps {
  filter: typeof NO_FILTER;
  people: readonly Member[];
  /** A field to find more people with, where there are more. */
  search: ReactNode;
  roles: readonly Role[];
  channels: readonly Channel[];
  onChange(filter: typeof NO_FILTER): void;
}

export function AuditFilters({ filter, people, search, roles, channels, onChange }: AuditFiltersProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const set = (change: Partial<typeof NO_FILTER>) => onChange({ ...filter, ...change });
  const active = Object.values(filter).filter((value) => value !== "").length;

  return (
    <div>
      <button
        type="button"
        className="filters-toggle"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        Filters{active > 0 && ` (${active} active)`}
      </button>
      <div id={id} className="filters">
        <label>
          What
          <select value={filter.action} onChange={(event) => set({ action: event.target.value })}>
            <option value="">everything</option>
            {AUDIT_ACTIONS.map(([action, words]) => (
              <option key={action} value={action}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {search}
        <label>
          Who
          <select value={filter.actor} onChange={(event) => set({ actor: event.target.value })}>
            <option value="">everybody</option>
            {people.map((member) => (
              <option key={member.userId} value={member.userId}>
                {labelOf(member)}
              </option>
            ))}
          </select>
        </label>
        <label>
          Outcome
          <select value={filter.outcome} onChange={(event) => set({ outcome: event.target.value })}>
            <option value="">all</option>
            <option value="done">done</option>
            <option value="denied">refused</option>
          </select>
        </label>
        <label>
          About
          <select value={filter.target} onChange={(event) => set({ target: event.target.value })}>
            <option value="">anything</option>
            <Choices label="People" items={people.map((member) => [member.userId, labelOf(member)])} />
            <Choices label="Roles" items={roles.map(({ id, name }) => [id, name])} />
            <Choices label="Channels" items={channels.map(({ id, name }) => [id, name])} />
          </select>
        </label>
        <label>
          Since
          <input
            type="datetime-local"
            value={filter.since}
            onChange={(event) => set({ since: event.target.value })}
          />
        </label>
        <label>
          Until
          <input
            type="datetime-local"
            value={filter.until}
            onChange={(event) => set({ until: event.target.value })}
          />
        </label>
      </div>
    </div>
  );
}

function Choices({ label, items }: { label: string; items: (readonly [id: string, name: string])[] }) {
  return (
    <optgroup label={label}>
      {items.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </optgroup>
  );
}
