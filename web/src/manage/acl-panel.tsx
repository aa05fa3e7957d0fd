import type { ChannelAcl } from "@parley/contract/channel-acl";
import type { ChannelDetail } from "@parley/contract/channels";
import type { RoleId, UserId } from "@parley/contract/ids";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { useState } from "react";
import { AclEntryEditor } from "./acl-entry-editor.tsx";
import { Problem } from "./problem.tsx";
import { SavedNote } from "./saved-note.tsx";
import { StaleNotice } from "./stale-notice.tsx";
import { SteadyButton } from "./steady-button.tsx";
import { useUnsaved } from "./unsaved.ts";
import { useAction } from "./use-action.ts";
import { useDraft } from "./use-draft.ts";
import { useLoad } from "./use-load.ts";
import { labelOf, useMembers } from "./use-members.tsx";

interface AclPanelProps {
  organization: OrganizationClient;
  channel: ChannelDetail;
  onChanged(): void;
}

type Entry = ChannelAcl["entries"][number];

/** Who may do what in a channel: its entries, one at a time in the editor, saved all together. */
export function AclPanel({ organization, channel, onChanged }: AclPanelProps) {
  const loaded = useLoad(() => organization.channelAcl(channel.id));
  const roles = useLoad(organization.roles);
  const { people, nameOf: nameOfMember, search } = useMembers(organization);
  const draft = useDraft(loaded.value);
  const [chosen, setChosen] = useState<string>();
  const [adding, setAdding] = useState("");
  const action = useAction();
  useUnsaved(draft.isTouched, `who may do what in ${channel.name}`);

  const { base, value: acl } = draft;
  if (!acl || !base) return <Problem text={loaded.problem} />;
  const { entries } = acl;
  const entry = entries.find(({ subject }) => subject.id === chosen) ?? entries[0];
  const nameOf = ({ type, id }: Entry["subject"]) =>
    type === "role"
      ? (roles.value?.find((role) => role.id === id)?.name ?? "a role")
      : (base.people.find(({ userId }) => userId === id)?.username ?? nameOfMember(id) ?? "somebody");
  const isNew = (id: string) => entries.every(({ subject }) => subject.id !== id);

  const change = (part: Partial<ChannelAcl>) => draft.change({ ...acl, ...part });

  function add() {
    const [type, id = ""] = adding.split(" ");
    const subject: Entry["subject"] =
      type === "role" ? { type, id: id as RoleId } : { type: "user", id: id as UserId };
    const added: Entry = { subject, allow: "0", deny: "0", appliesTo: "here_and_below" };
    change({ entries: [...entries, added] });
    setChosen(id);
    setAdding("");
  }
  const replace = (id: string, entry: Entry | undefined) =>
    change({ entries: entries.flatMap((one) => (one.subject.id === id ? (entry ?? []) : one)) });
  async function showPresent() {
    await loaded.reload();
    draft.discard();
  }
  const save = async () => {
    if (await action.run(() => organization.replaceChannelAcl(channel.id, acl, base.version))) {
      await showPresent();
      onChanged();
    }
  };

  return (
    <div className="panel">
      <label className="bit">
        <input
          type="checkbox"
          checked={acl.inherit}
          onChange={(event) => change({ inherit: event.target.checked })}
        />
        <span>
          Inherit from the channels above
          <span className="quiet small bit-hint">Otherwise it starts again from what roles give.</span>
        </span>
      </label>
      <div className="two-columns">
        <div>
          <ul className="rows" aria-label="Roles and people with entries">
            {entries.map(({ subject }) => (
              <li key={subject.id}>
                <button
                  type="button"
                  className="choice"
                  aria-current={subject.id === entry?.subject.id}
                  onClick={() => setChosen(subject.id)}
                >
                  {nameOf(subject)}{" "}
                  <span className="quiet small">{subject.type === "role" ? "role" : "person"}</span>
                </button>
              </li>
            ))}
          </ul>
          {entries.length === 0 && <p className="quiet small">No entries: roles alone decide here.</p>}
          {search}
          <label>
            Add an entry for
            <select value={adding} onChange={(event) => setAdding(event.target.value)}>
              <option value="">a role or somebody …</option>
              <optgroup label="Roles">
                {roles.value
                  ?.filter(({ id }) => isNew(id))
                  .map(({ id, name }) => (
                    <option key={id} value={`role ${id}`}>
                      {name}
                    </option>
                  ))}
              </optgroup>
              <optgroup label="Members">
                {people
                  .filter(({ userId }) => isNew(userId))
                  .map((member) => (
                    <option key={member.userId} value={`user ${member.userId}`}>
                      {labelOf(member)}
                    </option>
                  ))}
              </optgroup>
            </select>
          </label>
          <SteadyButton idle={adding === ""} onPress={add}>
            Add entry
          </SteadyButton>
        </div>
        {entry && (
          <AclEntryEditor
            key={entry.subject.id}
            name={nameOf(entry.subject)}
            held={BigInt(channel.permissions)}
            entry={entry}
            onChange={(changed) => replace(entry.subject.id, changed)}
            onRemove={() => replace(entry.subject.id, undefined)}
          />
        )}
      </div>
      <Problem text={action.problem} />
      <StaleNotice action={action} onShow={() => void action.run(showPresent)} />
      <div className="dialog-buttons">
        <SavedNote when={action.done && !draft.isTouched} />
        <button type="button" className="primary" aria-busy={action.busy} onClick={() => void save()}>
          Save permissions
        </button>
      </div>
    </div>
  );
}
