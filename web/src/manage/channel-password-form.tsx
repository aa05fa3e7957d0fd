import type { ChannelDetail } from "@parley/contract/channels";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useState } from "react";
import { Problem } from "./problem.tsx";
import { SavedNote } from "./saved-note.tsx";
import { useUnsaved } from "./unsaved.ts";
import { useAction } from "./use-action.ts";

interface ChannelPasswordFormProps {
  organization: OrganizationClient;
  channel: ChannelDetail;
  onChanged(): void;
}

export function ChannelPasswordForm({ organization, channel, onChanged }: ChannelPasswordFormProps) {
  const { id, hasPassword } = channel;
  const [password, setPassword] = useState("");
  const [everyoneOut, setEveryoneOut] = useState(false);
  const [said, setSaid] = useState("");
  const { problem, done, run } = useAction();
  useUnsaved(password !== "", `the password of ${channel.name}`);

  /** What was typed stays where it wasn't accepted. */
  async function set(secret: string | null, words: string) {
    if (!(await run(() => organization.setChannelPassword(id, secret, secret !== null && everyoneOut))))
      return;
    setPassword("");
    setSaid(words);
    onChanged();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    void set(password, "The password is set.");
  }

  return (
    <form className="inline" onSubmit={submit}>
      <label>
        {hasPassword ? "Another password" : "Password"}
        <input
          type="password"
          autoComplete="new-password"
          required
          maxLength={128}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </label>
      <label className="bit">
        <input
          type="checkbox"
          checked={everyoneOut}
          onChange={(event) => setEveryoneOut(event.target.checked)}
        />
        <span>Take out who is inside</span>
      </label>
      <button type="submit">Set password</button>
      {hasPassword && (
        <button type="button" onClick={() => void set(null, "It needs no password any more.")}>
          Take it away
        </button>
      )}
      <SavedNote when={done && password === ""} words={said} />
      <Problem text={problem} />
    </form>
  );
}
