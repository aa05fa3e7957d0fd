import type { ChannelDetail } from "@parley/contract/channels";
import type { ChannelChange, OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useMemo } from "react";
import { ChannelPasswordForm } from "./channel-password-form.tsx";
import { ChannelPlaceForm } from "./channel-place-form.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { Problem } from "./problem.tsx";
import { SavedNote } from "./saved-note.tsx";
import { useUnsaved } from "./unsaved.ts";
import { useAction } from "./use-action.ts";
import { useDraft } from "./use-draft.ts";

interface ChannelPanelProps {
  organization: OrganizationClient;
  channel: ChannelDetail;
  channels: readonly ChannelDetail[];
  /** Also the top level may be changed. */
  mayManageTop: boolean;
  onChanged(): void;
  onDeleted(): void;
}

export function ChannelPanel(props: ChannelPanelProps) {
  const { organization, channel, channels, onChanged, onDeleted } = props;
  const { id } = channel;
  const hasChildren = channels.some(({ parentId }) => parentId === id);
  const draft = useDraft(useSettings(channel));
  const { name, topic, userLimit } = draft.value;
  const change = (part: Partial<Settings>) => draft.change({ ...draft.value, ...part });
  const { busy, problem, done, run } = useAction();
  useUnsaved(draft.isTouched, `settings of ${channel.name}`);

  async function save(event: FormEvent) {
    event.preventDefault();
    await run(async () => {
      draft.saved(toSettings(await organization.updateChannel(id, changeOf(draft.base, draft.value))));
      onChanged();
    });
  }
  const remove = async () => {
    if (await run(() => organization.removeChannel(id, hasChildren))) onDeleted();
  };

  return (
    <div className="panel">
      <form onSubmit={save} aria-label={`Settings of ${channel.name}`}>
        <label>
          Name
          <input
            required
            maxLength={64}
            value={name}
            onChange={(event) => change({ name: event.target.value })}
          />
        </label>
        <label>
          Topic
          <input maxLength={512} value={topic} onChange={(event) => change({ topic: event.target.value })} />
        </label>
        <label>
          Most people at once; 0 for no limit
          <input
            type="number"
            min={0}
            max={2_000}
            required
            value={userLimit}
            onChange={(event) => change({ userLimit: event.target.value })}
          />
        </label>
        <Problem text={problem} />
        <div className="dialog-buttons">
          <ConfirmButton
            label="Delete channel"
            sure={hasChildren ? "Really delete it and all below it" : "Really delete it"}
            onConfirm={() => void remove()}
          />
          <SavedNote when={done && !draft.isTouched} />
          <button type="submit" className="primary" aria-busy={busy}>
            Save channel
          </button>
        </div>
      </form>
      <ChannelPasswordForm organization={organization} channel={channel} onChanged={onChanged} />
      <ChannelPlaceForm {...props} />
    </div>
  );
}

interface Settings {
  name: string;
  topic: string;
  /** As it is typed. */
  userLimit: string;
}

const toSettings = ({
  name,
  topic,
  userLimit,
}: Pick<ChannelDetail, "name" | "topic" | "userLimit">): Settings => ({
  name,
  topic,
  userLimit: String(userLimit),
});

/** The same object for as long as nothing of it changes. */
const useSettings = ({ name, topic, userLimit }: ChannelDetail): Settings =>
  useMemo(() => toSettings({ name, topic, userLimit }), [name, topic, userLimit]);

/** What was typed and no more: the rest may be another one meanwhile. Nothing typed says all of it again. */
function changeOf(base: Settings, now: Settings): ChannelChange {
  const all = { name: now.name, topic: now.topic, userLimit: Number(now.userLimit) };
  const fields = (["name", "topic", "userLimit"] as const).filter((field) => base[field] !== now[field]);
  return fields.length === 0 ? all : Object.fromEntries(fields.map((field) => [field, all[field]]));
}
