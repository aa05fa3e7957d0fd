import type { Organization, User } from "@parley/contract/accounts";
import { ParleyError } from "@parley/sdk/parley-error";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useCallback, useEffect, useState } from "react";
import { AccountDialog } from "./account/account-dialog.tsx";
import { Banner } from "./banner.tsx";
import { logOut } from "./client.ts";
import { VoiceIcon } from "./icons.tsx";
import { AcceptInviteDialog } from "./manage/accept-invite-dialog.tsx";
import { CreateOrganizationDialog } from "./manage/create-organization-dialog.tsx";
import { useInviteCode } from "./manage/use-invite-code.ts";
import { OrganizationPage } from "./organization-page.tsx";

interface HomeProps {
  client: VoiceClient;
  user: User;
  /** The session has ended in the middle of a call. */
  expired: boolean;
}

export function Home({ client, user, expired }: HomeProps) {
  const [organizations, setOrganizations] = useState<Organization[]>();
  const [chosen, setChosen] = useState<Organization["id"]>();
  const [problem, setProblem] = useState<ParleyError>();
  const [removal, setRemoval] = useState<string>();
  const [creating, setCreating] = useState(false);
  const [isAccountOpen, setIsAccountOpen] = useState(false);
  const invite = useInviteCode();
  const organization = organizations?.find(({ id }) => id === chosen) ?? organizations?.[0];

  const load = useCallback(async () => {
    setProblem(undefined);
    try {
      setOrganizations(await client.organizations());
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      setProblem(error);
    }
  }, [client]);
  useEffect(() => void load(), [load]);
  // Said here, since the organisation's own page goes with it.
  useEffect(
    () =>
      client.on("error", ({ code, message }) => {
        if (code !== "kicked" && code !== "banned") return;
        setRemoval(message);
        void load();
      }),
    [client, load],
  );

  const show = async ({ id }: Organization) => {
    invite.clear();
    setCreating(false);
    await load();
    setChosen(id);
  };
  const onChanged = useCallback(() => void load(), [load]);
  const onLost = useCallback(
    (name: string) => {
      // What a call was told is more exact.
      setRemoval((said) => said ?? `You aren't a member of ${name} any more, or it was deleted.`);
      void load();
    },
    [load],
  );

  return (
    <div className="page">
      <header>
        <h1 className="brand">
          <VoiceIcon /> Parley
        </h1>
        {organizations && organizations.length > 1 && (
          <select
            aria-label="Organisation"
            value={organization?.id}
            onChange={(event) => {
              client.leave();
              setChosen(organizations.find(({ id }) => id === event.target.value)?.id);
            }}
          >
            {organizations.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
        <button type="button" onClick={() => setCreating(true)}>
          New organisation
        </button>
        <button
          type="button"
          className="account link"
          aria-label={`Account of ${user.username}`}
          onClick={() => setIsAccountOpen(true)}
        >
          {user.username}
        </button>
        {/* The session's end shows the log-in page by itself. */}
        <button type="button" onClick={() => void logOut(client)}>
          Log out
        </button>
      </header>
      {isAccountOpen && <AccountDialog client={client} onClose={() => setIsAccountOpen(false)} />}
      {expired && (
        <Banner
          text="Your session has ended. You can keep talking; log in again to change channels."
          actions={[{ label: "Leave and log in", run: () => client.leave() }]}
        />
      )}
      {problem && (
        <Banner text={problem.message} actions={[{ label: "Try again", run: () => void load() }]} />
      )}
      {removal !== undefined && (
        <Banner text={removal} actions={[]} onDismiss={() => setRemoval(undefined)} />
      )}
      {organization && (
        <OrganizationPage
          key={organization.id}
          client={client}
          organization={organization}
          onChanged={onChanged}
          onLost={onLost}
        />
      )}
      {organizations?.length === 0 && (
        <main className="empty">
          <VoiceIcon />
          <p>You aren't a member of an organisation yet. Open an invite link, or create one of your own.</p>
          <button type="button" className="primary" onClick={() => setCreating(true)}>
            Create an organisation
          </button>
          <button type="button" onClick={() => void load()}>
            Look again
          </button>
        </main>
      )}
      {creating && (
        <CreateOrganizationDialog
          client={client}
          onCreated={(made) => void show(made)}
          onClose={() => setCreating(false)}
        />
      )}
      {invite.code !== undefined && organizations && (
        <AcceptInviteDialog
          client={client}
          code={invite.code}
          mine={organizations}
          onAccepted={(joined) => void show(joined)}
          onClose={invite.clear}
        />
      )}
      {!organizations && !problem && <main className="empty quiet">Loading…</main>}
    </div>
  );
}
