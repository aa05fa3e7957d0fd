import type { Passkey } from "@parley/contract/second-factors";
import { ParleyError } from "@parley/sdk/parley-error";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { browserSupportsWebAuthn, startRegistration } from "@simplewebauthn/browser";
import { useCallback, useEffect, useState } from "react";
import { Field } from "../field.tsx";
import { Problem } from "../problem.tsx";
import { useSubmit } from "../use-submit.ts";
import type { SectionProps } from "./account-dialog.tsx";
import { deviceName } from "./device-name.ts";
import { Section } from "./section.tsx";

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

export function PasskeysSection({ client, prove }: SectionProps) {
  const [passkeys, setPasskeys] = useState<Passkey[]>();
  const [name, setName] = useState(() => deviceName(navigator.userAgent));
  const load = useCallback(async () => setPasskeys(await client.account.passkeys()), [client]);
  const reload = useSubmit(load);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when shown
  useEffect(() => void reload.submit(), []);

  const adding = useSubmit(async () => {
    await prove(() => register(client, name));
    await load();
  });
  const [removing, setRemoving] = useState<Passkey["id"]>();
  const removal = useSubmit(async () => {
    if (removing) await prove(() => client.account.removePasskey(removing));
    setRemoving(undefined);
    await load();
  });

  return (
    <Section title="Passkeys">
      {passkeys?.length === 0 && (
        <p>None. With a passkey you log in by finger, face or PIN, without a password.</p>
      )}
      <ul className="sessions">
        {passkeys?.map((passkey) => (
          <li key={passkey.id}>
            <span>
              {passkey.name}
              <span className="quiet small">
                added {DAY.format(new Date(passkey.createdAt))}
                {passkey.lastUsedAt && `, last used ${DAY.format(new Date(passkey.lastUsedAt))}`}
              </span>
            </span>
            {removing === passkey.id ? (
              <button type="button" aria-busy={removal.busy} onClick={() => void removal.submit()}>
                Really remove
              </button>
            ) : (
              <button
                type="button"
                aria-label={`Remove ${passkey.name}`}
                onClick={() => setRemoving(passkey.id)}
              >
                Remove
              </button>
            )}
          </li>
        ))}
      </ul>
      {browserSupportsWebAuthn() ? (
        <form onSubmit={adding.submit}>
          <Field
            label="Name of the passkey"
            name="passkey-name"
            autoComplete="off"
            value={name}
            onChange={setName}
          />
          <button type="submit" aria-busy={adding.busy}>
            Add a passkey
          </button>
        </form>
      ) : (
        <p className="quiet small">This browser, or this address, can't use passkeys.</p>
      )}
      <Problem words={adding.problem || removal.problem || reload.problem} />
    </Section>
  );
}

async function register(client: VoiceClient, name: string): Promise<void> {
  const optionsJSON = (await client.account.passkeyOptions()) as unknown as Parameters<
    typeof startRegistration
  >[0]["optionsJSON"];
  const { id } = optionsJSON.rp;
  const here = location.hostname;
  // Said before anybody has used their finger: browsers and server would refuse it after that.
  if (id && here !== id && !here.endsWith(`.${id}`)) {
    const detail = `Passkeys belong to ${id} here. Open the page by that name; whoever runs this server can set PUBLIC_URL.`;
    throw new ParleyError("passkey_refused", { detail });
  }
  await client.account.addPasskey(name, await startRegistration({ optionsJSON }));
}
