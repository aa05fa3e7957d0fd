import type { SessionSummary } from "@parley/contract/accounts";
import { useCallback, useEffect, useState } from "react";
import { leaveBy } from "../client.ts";
import { Problem } from "../problem.tsx";
import { useSubmit } from "../use-submit.ts";
import type { SectionProps } from "./account-dialog.tsx";
import { deviceName } from "./device-name.ts";
import { Section } from "./section.tsx";

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function SessionsSection({ client }: SectionProps) {
  const [sessions, setSessions] = useState<SessionSummary[]>();
  const load = useCallback(async () => setSessions(await client.account.sessions()), [client]);
  const { busy, problem, submit } = useSubmit(load);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when shown
  useEffect(() => void submit(), []);
  const [ending, setEnding] = useState("");

  const everywhere = useSubmit(() => leaveBy(() => client.account.logoutEverywhere()));

  async function end(session: SessionSummary) {
    setEnding("");
    try {
      await client.account.endSession(session.id);
    } catch {
      // Somebody else was faster, or the server is away: the list tells.
      setEnding("That log-in could not be ended. Look at the list again.");
    }
    await submit();
  }

  return (
    <Section title="Where you are logged in">
      <ul className="sessions" aria-busy={busy}>
        {sessions?.map((session) => (
          <li key={session.id}>
            <span>
              {deviceName(session.userAgent)}
              {session.current && <strong> (this one)</strong>}
              <span className="quiet small">
                {session.ip ?? "unknown address"}, last used {WHEN.format(new Date(session.lastUsedAt))}
              </span>
            </span>
            {!session.current && (
              <button type="button" onClick={() => void end(session)}>
                End
              </button>
            )}
          </li>
        ))}
      </ul>
      <Problem words={problem || ending || everywhere.problem} />
      <button type="button" aria-busy={everywhere.busy} onClick={() => void everywhere.submit()}>
        Log out everywhere
      </button>
    </Section>
  );
}
