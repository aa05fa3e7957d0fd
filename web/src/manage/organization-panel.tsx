import { userIdSchema } from "@parley/contract/ids";
import type { OrganizationDetail } from "@parley/contract/organizations";
import { has, MANAGE_ORG } from "@parley/contract/permissions";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useMemo, useState } from "react";
import { useProof } from "../account/use-proof.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { Problem } from "./problem.tsx";
import { SavedNote } from "./saved-note.tsx";
import { TAG_TAKEN } from "./tag-taken.ts";
import { useUnsaved } from "./unsaved.ts";
import { useAction } from "./use-action.ts";
import { useDraft } from "./use-draft.ts";
import { useLoad } from "./use-load.ts";
import { labelOf, useMembers } from "./use-members.tsx";

interface OrganizationPanelProps {
  organization: OrganizationClient;
  detail: OrganizationDetail;
  you: string;
  onChanged(): void;
  /** The person is no member any more. */
  onGone(): void;
}

export function OrganizationPanel({ organization, detail, you, onChanged, onGone }: OrganizationPanelProps) {
  const draft = useDraft(useSettings(detail));
  const { name, tag } = draft.value;
  const change = (part: Partial<Settings>) => draft.change({ ...draft.value, ...part });
  const [heir, setHeir] = useState("");
  const { value: usage } = useLoad(organization.usage);
  const { people, search } = useMembers(organization);
  const { client } = organization;
  const { value: account } = useLoad(() => client.account.read());
  const { prove, dialog: proof } = useProof(client, account?.totpEnabled ?? false);
  const saving = useAction();
  const { problem, run } = useAction();
  const [typedTag, setTypedTag] = useState("");
  useUnsaved(draft.isTouched, "name and tag of the organisation");
  const mayManage = has(BigInt(detail.permissions), MANAGE_ORG);
  const isOwner = detail.ownerId === you;

  async function save(event: FormEvent) {
    event.preventDefault();
    await saving.run(async () => {
      draft.saved(toSettings(await organization.update(changeOf(draft.base, draft.value))));
      onChanged();
    });
  }
  const end = async (work: () => Promise<unknown>) => {
    if (await run(work)) onGone();
  };
  const handOver = async () => {
    if (await run(() => prove(() => organization.transfer(userIdSchema.parse(heir))))) onChanged();
  };

  return (
    <div className="panel">
      <form onSubmit={save}>
        <label>
          Name
          <input
            required
            maxLength={64}
            disabled={!mayManage}
            value={name}
            onChange={(event) => change({ name: event.target.value })}
          />
        </label>
        <label>
          Tag
          <input
            required
            maxLength={16}
            disabled={!mayManage}
            value={tag}
            onChange={(event) => change({ tag: event.target.value.toUpperCase() })}
          />
        </label>
        <Problem text={saving.code === "name_taken" ? TAG_TAKEN : saving.problem} />
        {mayManage && (
          <div className="dialog-buttons">
            <SavedNote when={saving.done && !draft.isTouched} />
            <button type="submit" className="primary" aria-busy={saving.busy}>
              Save
            </button>
          </div>
        )}
      </form>
      {usage && (
        <dl className="usage">
          <Usage label="Members" {...usage.members} />
          <Usage label="Channels" {...usage.channels} />
          <Usage label="In voice now" {...usage.concurrentVoices} />
        </dl>
      )}
      <Problem text={problem} />
      {proof}
      {isOwner ? (
        <fieldset className="moderation">
          <legend>For the owner</legend>
          {search}
          <label>
            Hand the organisation to
            <select value={heir} onChange={(event) => setHeir(event.target.value)}>
              <option value="">choose a member</option>
              {people
                .filter(({ userId }) => userId !== you)
                .map((member) => (
                  <option key={member.userId} value={member.userId}>
                    {labelOf(member)}
                  </option>
                ))}
            </select>
          </label>
          <div className="buttons">
            {heir !== "" && (
              <ConfirmButton label="Hand over" sure="Really hand over" onConfirm={() => void handOver()} />
            )}
          </div>
          <label>
            To delete the organisation with everything in it, type its tag: {detail.tag}
            <input
              autoComplete="off"
              value={typedTag}
              onChange={(event) => setTypedTag(event.target.value)}
            />
          </label>
          <div className="buttons">
            <ConfirmButton
              disabled={typedTag.toUpperCase() !== detail.tag}
              label="Delete the organisation"
              sure="Really delete all of it, for good"
              onConfirm={() => void end(() => prove(organization.remove))}
            />
          </div>
        </fieldset>
      ) : (
        <div className="buttons">
          <ConfirmButton
            label="Leave the organisation"
            sure="Really leave"
            onConfirm={() => void end(() => organization.kick(userIdSchema.parse(you)))}
          />
        </div>
      )}
    </div>
  );
}

type Settings = Pick<OrganizationDetail, "name" | "tag">;

const toSettings = ({ name, tag }: OrganizationDetail): Settings => ({ name, tag });

/** The same object for as long as nothing of it changes. */
const useSettings = ({ name, tag }: OrganizationDetail): Settings =>
  useMemo(() => ({ name, tag }), [name, tag]);

/** What was typed and no more: the rest may be another one meanwhile. Nothing typed says all of it again. */
function changeOf(base: Settings, now: Settings): Partial<Settings> {
  if (base.name === now.name) return base.tag === now.tag ? now : { tag: now.tag };
  return base.tag === now.tag ? { name: now.name } : now;
}

function Usage({ label, used, quota }: { label: string; used: number; quota: number }) {
  return (
    <div>
      <dt className="quiet small">{label}</dt>
      <dd>
        {used.toLocaleString()}
        {quota > 0 && <span className="quiet"> of {quota.toLocaleString()}</span>}
      </dd>
    </div>
  );
}
