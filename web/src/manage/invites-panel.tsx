import type { OrganizationClient } from "@parley/sdk/organization-client";
import { ConfirmButton } from "./confirm-button.tsx";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";
import { useLoad } from "./use-load.ts";

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function InvitesPanel({ organization }: { organization: OrganizationClient }) {
  const { value: invites, problem, reload } = useLoad(organization.invites);
  const action = useAction();
  return (
    <div className="panel">
      <Problem text={problem || action.problem} />
      {invites?.length === 0 && <p className="quiet">No invite is open. Make one with “Invite people”.</p>}
      <ul className="rows" aria-label="Open invites">
        {invites?.map(({ id, uses, usesMax, createdAt, expiresAt }) => (
          <li key={id} className="row flat">
            <span>
              Made {time.format(new Date(createdAt))}, ends {time.format(new Date(expiresAt))}
              <span className="quiet small bit-hint">
                Used {uses === 1 ? "once" : `${uses} times`}
                {usesMax === null ? "" : ` of ${usesMax}`}
              </span>
            </span>
            <ConfirmButton
              label="Take back"
              sure="Really take back"
              onConfirm={() => void action.run(async () => organization.revokeInvite(id).then(reload))}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
