/** What moderators do to a member: time out, kick, ban. */
import type { Member } from "@parley/contract/members";
import { BAN_MEMBERS, has, KICK_MEMBERS } from "@parley/contract/permissions";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { useState } from "react";
import { ConfirmButton } from "./confirm-button.tsx";

const TIME_OUTS = [
  ["5 minutes", 300],
  ["1 hour", 3_600],
  ["1 day", 86_400],
  ["1 week", 604_800],
] as const;

const BANS = [
  ["for good", null],
  ["1 day", 86_400],
  ["1 week", 604_800],
  ["30 days", 2_592_000],
] as const;

interface ModerationProps {
  organization: OrganizationClient;
  member: Member;
  /** What the person at the page may do in the organisation. */
  held: bigint;
  act(work: () => Promise<unknown>): void;
}

export function Moderation({ organization, member, held, act }: ModerationProps) {
  const [reason, setReason] = useState("");
  const [timeOut, setTimeOut] = useState<number>(TIME_OUTS[0][1]);
  const [ban, setBan] = useState<number | null>(null);
  const { userId, username } = member;
  const mayKick = has(held, KICK_MEMBERS);
  const mayBan = has(held, BAN_MEMBERS);
  if (!mayKick && !mayBan) return null;
  const isTimedOut = member.timedOutUntil !== null && Date.parse(member.timedOutUntil) > Date.now();
  return (
    <fieldset className="moderation">
      <legend>Moderation</legend>
      <label>
        Reason for a time-out or a ban, for the audit log
        <input maxLength={512} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <div className="buttons">
        {mayKick && isTimedOut && (
          <button type="button" onClick={() => act(() => organization.endTimeOut(userId))}>
            End the time-out
          </button>
        )}
        {mayKick && !isTimedOut && (
          <>
            <Duration
              label={`Time ${username} out for`}
              durations={TIME_OUTS}
              value={timeOut}
              onChange={(seconds) => setTimeOut(seconds ?? timeOut)}
            />
            <button type="button" onClick={() => act(() => organization.timeOut(userId, timeOut, reason))}>
              Time out
            </button>
          </>
        )}
        {mayKick && (
          <ConfirmButton
            label={`Kick ${username}`}
            sure={`Really kick ${username}`}
            onConfirm={() => act(() => organization.kick(userId))}
          />
        )}
      </div>
      {mayBan && (
        <div className="buttons">
          <Duration label={`Ban ${username} for how long`} durations={BANS} value={ban} onChange={setBan} />
          <ConfirmButton
            label={`Ban ${username}`}
            sure={`Really ban ${username}`}
            onConfirm={() => act(() => organization.ban(userId, reason, ban))}
          />
        </div>
      )}
    </fieldset>
  );
}

interface DurationProps {
  label: string;
  durations: readonly (readonly [label: string, seconds: number | null])[];
  value: number | null;
  onChange(seconds: number | null): void;
}

function Duration({ label, durations, value, onChange }: DurationProps) {
  return (
    <select
      aria-label={label}
      value={String(value)}
      onChange={({ target }) =>
        onChange(durations.find(([, seconds]) => String(seconds) === target.value)?.[1] ?? null)
      }
    >
      {durations.map(([text, seconds]) => (
        <option key={text} value={String(seconds)}>
          {text}
        </option>
      ))}
    </select>
  );
}
