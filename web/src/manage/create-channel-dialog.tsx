import type { Channel } from "@parley/contract/channels";
import { channelIdSchema } from "@parley/contract/ids";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useState } from "react";
import { ChannelOptions } from "./channel-options.tsx";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";

interface CreateChannelDialogProps {
  organization: OrganizationClient;
  channels: readonly Channel[];
  /** Where the person may create one; with `mayCreateAtTop` also beside them. */
  parents: readonly Channel[];
  mayCreateAtTop: boolean;
  onCreated(): void;
  onClose(): void;
}

export function CreateChannelDialog(props: CreateChannelDialogProps) {
  const { organization, channels, parents, mayCreateAtTop } = props;
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [parent, setParent] = useState<string>(mayCreateAtTop ? "" : (parents[0]?.id ?? ""));
  const { busy, problem, run } = useAction();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const parentId = parent === "" ? null : channelIdSchema.parse(parent);
    const secret = password === "" ? {} : { password };
    if (await run(() => organization.createChannel({ name, parentId, ...secret }))) props.onCreated();
  }

  return (
    <Dialog title="New channel" onClose={props.onClose}>
      <form onSubmit={submit}>
        <label>
          Name
          <input required maxLength={64} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          Below
          <select value={parent} onChange={(event) => setParent(event.target.value)}>
            {mayCreateAtTop && <option value="">(top level)</option>}
            <ChannelOptions of={parents} within={channels} />
          </select>
        </label>
        <label>
          Password, if it needs one
          <input
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <Problem text={problem} />
        <div className="dialog-buttons">
          <button type="submit" className="primary" aria-busy={busy}>
            Create channel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
