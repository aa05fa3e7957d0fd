import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useRef, useState } from "react";
import { copyFrom } from "./copy-from.ts";
import { Dialog } from "./dialog.tsx";
import { inviteLink } from "./invite-link.ts";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";

const DAY_SECONDS = 86_400;
const LIFETIMES = [
  ["1 hour", 3_600],
  ["1 day", DAY_SECONDS],
  ["7 days", 7 * DAY_SECONDS],
  ["30 days", 30 * DAY_SECONDS],
] as const;
const USES = [
  ["as many as come", null],
  ["1 person", 1],
  ["10 people", 10],
  ["100 people", 100],
] as const;

export function InviteDialog({
  organization,
  onClose,
}: {
  organization: OrganizationClient;
  onClose(): void;
}) {
  const [expiresInSeconds, setExpiry] = useState(String(7 * DAY_SECONDS));
  const [usesMax, setUsesMax] = useState("");
  const [link, setLink] = useState<string>();
  const [copied, setCopied] = useState<"yes" | "no">();
  const field = useRef<HTMLInputElement>(null);
  const { busy, problem, run } = useAction();

  async function submit(event: FormEvent) {
    event.preventDefault();
    await run(async () => {
      const uses = usesMax === "" ? null : Number(usesMax);
      const invite = await organization.createInvite({
        expiresInSeconds: Number(expiresInSeconds),
        usesMax: uses,
      });
      setLink(inviteLink(invite.code));
      setCopied(undefined);
    });
  }

  async function copy() {
    if (field.current) setCopied((await copyFrom(field.current)) ? "yes" : "no");
  }

  return (
    <Dialog title="Invite people" onClose={onClose}>
      <form onSubmit={submit}>
        <p className="quiet small">Whoever opens the link and logs in becomes a member.</p>
        <div className="side-by-side">
          <label>
            It works for
            <select value={expiresInSeconds} onChange={(event) => setExpiry(event.target.value)}>
              {LIFETIMES.map(([label, seconds]) => (
                <option key={label} value={seconds}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label>
            and lets in
            <select value={usesMax} onChange={(event) => setUsesMax(event.target.value)}>
              {USES.map(([label, uses]) => (
                <option key={label} value={uses ?? ""}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Problem text={problem} />
        {link !== undefined && (
          <label>
            The link; it is shown only now
            <input ref={field} readOnly value={link} onFocus={(event) => event.target.select()} />
          </label>
        )}
        {copied === "no" && (
          <p role="status" className="quiet small">
            The browser lets no page copy here. The link is selected: copy it yourself.
          </p>
        )}
        <div className="dialog-buttons">
          {link !== undefined && (
            <button type="button" onClick={() => void copy()}>
              {copied === "yes" ? "Copied" : "Copy"}
            </button>
          )}
          <button type="submit" className="primary" aria-busy={busy}>
            {link === undefined ? "Make a link" : "Make another"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
