import type { AuditEntry } from "@parley/contract/audit-log";
import type { Channel } from "@parley/contract/channels";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { useState } from "react";
import { auditDetails } from "./audit-details.ts";
import { AuditFilters, NO_FILTER } from "./audit-filters.tsx";
import { actorWords, auditWords, type Names } from "./audit-words.ts";
import { MoreButton } from "./more-button.tsx";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";
import { useLoad } from "./use-load.ts";
import { useMembers } from "./use-members.tsx";
import { usePages } from "./use-pages.ts";

interface AuditPanelProps {
  organization: OrganizationClient;
  channels: readonly Channel[];
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function AuditPanel({ organization, channels }: AuditPanelProps) {
  const [filter, setFilter] = useState(NO_FILTER);
  const { people, search } = useMembers(organization);
  const roles = useLoad(organization.roles);
  const query = { ...filter, since: instant(filter.since), until: instant(filter.until) };
  const log = usePages((cursor) => organization.auditLog({ ...query, cursor }), JSON.stringify(query));
  const { problem, run } = useAction();
  const [verdict, setVerdict] = useState("");

  const names: Names = {
    roles: new Map((roles.value ?? []).map(({ id, name }) => [id, name])),
    channels: new Map(channels.map(({ id, name }) => [id, name])),
    members: new Map(people.map(({ userId, username }) => [userId, username])),
  };

  const verify = () =>
    run(async () => {
      const { intact, entries } = await organization.verifyAuditLog();
      setVerdict(
        intact ? `All ${entries} entries are as they were written.` : "Entries were changed behind our back!",
      );
    });

  return (
    <div className="panel">
      <AuditFilters
        filter={filter}
        people={people}
        search={search}
        roles={roles.value ?? []}
        channels={channels}
        onChange={setFilter}
      />
      <Problem text={log.problem || problem} />
      {log.items?.length === 0 && <p className="quiet">Nothing of the kind has happened.</p>}
      <ol className="rows" aria-label="Audit log, the newest first">
        {log.items?.map((entry) => (
          <li key={entry.id} className="row flat" data-outcome={entry.outcome}>
            <span>
              <strong>{actorWords(entry)}</strong> {auditWords(entry, names)}
              {entry.reason !== null && <span className="quiet"> – “{entry.reason}”</span>}
            </span>
            <time className="quiet small" dateTime={entry.at}>
              {time.format(new Date(entry.at))}
            </time>
            <Details entry={entry} names={names} />
          </li>
        ))}
      </ol>
      <div className="dialog-buttons">
        <span role="status" className="quiet small">
          {verdict}
        </span>
        <button type="button" onClick={() => void verify()}>
          Verify the log
        </button>
        <MoreButton of={log} />
      </div>
    </div>
  );
}

function Details({ entry, names }: { entry: AuditEntry; names: Names }) {
  const from = [
    ...(entry.ip === null ? [] : [`From the address ${entry.ip}`]),
    ...(entry.requestId === null ? [] : [`Request ${entry.requestId}`]),
  ];
  const lines = [...auditDetails(entry, names), ...from];
  if (lines.length === 0) return null;
  return (
    <details className="audit-details">
      <summary className="quiet small">Details</summary>
      <ul>
        {lines.map((line) => (
          <li key={line} className="small">
            {line}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Of a local time as the browser's field gives it; empty for none. */
const instant = (local: string): string => (local === "" ? "" : new Date(local).toISOString());
