import type { OrganizationClient } from "@parley/sdk/organization-client";
import { MoreButton } from "./more-button.tsx";
import { Problem } from "./problem.tsx";
import { usePages } from "./use-pages.ts";
import { useQueue } from "./use-queue.ts";

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function BansPanel({ organization }: { organization: OrganizationClient }) {
  const bans = usePages((cursor) => organization.bans({ limit: "100", cursor }));
  const liftings = useQueue(bans.reload);
  return (
    <div className="panel">
      <Problem text={bans.problem || liftings.problem} />
      {bans.items?.length === 0 && <p className="quiet">Nobody is banned.</p>}
      <ul className="rows" aria-label="Banned people">
        {bans.items?.map(({ userId, username, reason, expiresAt }) => (
          <li key={userId} className="row flat">
            <span>
              {username}
              <span className="quiet small bit-hint">{reason === "" ? "No reason was given." : reason}</span>
              <span className="quiet small bit-hint">
                {expiresAt === null ? "For good." : `Until ${time.format(new Date(expiresAt))}.`}
              </span>
            </span>
            <button type="button" onClick={() => liftings.add(() => organization.unban(userId))}>
              Lift the ban
            </button>
          </li>
        ))}
      </ul>
      <MoreButton of={bans} />
    </div>
  );
}
