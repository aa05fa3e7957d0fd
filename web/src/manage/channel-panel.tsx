import type { ChannelDetail } from "@parley/contract/channels";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useState } from "react";
import { ConfirmButton } from "./confirm-button.tsx";
import { Problem } from "./problem.tsx";
import { useUnsaved } from "./unsaved.ts";
import { useAction } from "./use-action.ts";

interface ChannelPanelProps {
  organization: OrganizationClient;
  channel: ChannelDetail;
  hasChildren: boolean;
  onChanged(): void;
  onDeleted(): void;
}

export function ChannelPanel({
  organization,
  channel,
  hasChildren,
  onChanged,
  onDeleted,
}: ChannelPanelProps) {
  const { id } = channel;
  const [name, setName] = useState(channel.name);
  const [topic, setTopic] = useState(channel.topic);
  const [userLimit, setUserLimit] = useState(String(channel.userLimit));
  const { busy, problem, run } = useAction();
  const isChanged =
    name !== channel.name || topic !== channel.topic || userLimit !== String(channel.userLimit);
  useUnsaved(isChanged, `settings of ${channel.name}`);

  async function save(event: FormEvent) {
    event.preventDefault();
    const change = { name, topic, userLimit: Number(userLimit) };
    if (await run(() => organization.updateChannel(id, change))) onChanged();
  }
  const remove = async () => {
    if (await run(() => organization.removeChannel(id, hasChildren))) onDeleted();
  };

  return (
    <div className="panel">
      <form onSubmit={save}>
        <label>
          Name
          <input required maxLength={64} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          Topic
          <input maxLength={512} value={topic} onChange={(event) => setTopic(event.target.value)} />
        </label>
        <label>
          Most people at once; 0 for no limit
          <input
            type="number"
            min={0}
            max={2_000}
            required
            value={userLimit}
            onChange={(event) => setUserLimit(event.target.value)}
          />
        </label>
        <div className="dialog-buttons">
          <ConfirmButton
            label="Delete channel"
            sure={hasChildren ? "Really delete it and all below it" : "Really delete it"}
            onConfirm={() => void remove()}
          />
          <button type="submit" className="primary" aria-busy={busy}>
            Save channel
          </button>
        </div>
      </form>
      <PasswordForm
        hasPassword={channel.hasPassword}
        onSet={async (password, everyoneOut) => {
          if (await run(() => organization.setChannelPassword(id, password, everyoneOut))) onChanged();
        }}
      />
      <Problem text={problem} />
    </div>
  );
}

function PasswordForm({
  hasPassword,
  onSet,
}: {
  hasPassword: boolean;
  onSet(password: string | null, everyoneOut: boolean): void;
}) {
  const [password, setPassword] = useState("");
  const [everyoneOut, setEveryoneOut] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    onSet(password, everyoneOut);
    setPassword("");
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
        <button type="button" onClick={() => onSet(null, false)}>
          Take it away
        </button>
      )}
    </form>
  );
}
