import type { Organization } from "@parley/contract/accounts";
import { createOrganization } from "@parley/sdk/organization-client";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { type FormEvent, useState } from "react";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./problem.tsx";
import { TAG_TAKEN } from "./tag-taken.ts";
import { useAction } from "./use-action.ts";

interface CreateOrganizationDialogProps {
  client: VoiceClient;
  onCreated(organization: Organization): void;
  onClose(): void;
}

export function CreateOrganizationDialog({ client, onCreated, onClose }: CreateOrganizationDialogProps) {
  const [name, setName] = useState("");
  const [tag, setTag] = useState<string>();
  const { busy, problem, code, run } = useAction();
  const shownTag = tag ?? suggestTag(name);

  async function submit(event: FormEvent) {
    event.preventDefault();
    await run(async () => onCreated(await createOrganization(client, { name, tag: shownTag })));
  }

  return (
    <Dialog title="Create an organisation" onClose={onClose}>
      <form onSubmit={submit}>
        <label>
          Name
          <input required maxLength={64} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          Tag
          <input
            required
            maxLength={16}
            aria-describedby="tag-hint"
            value={shownTag}
            onChange={(event) => setTag(event.target.value.toUpperCase())}
          />
        </label>
        <p className="quiet small" id="tag-hint">
          A short name of 2 to 16 letters and digits that nobody else has.
        </p>
        <Problem text={code === "name_taken" ? TAG_TAKEN : problem} />
        <div className="dialog-buttons">
          <button type="submit" className="primary" aria-busy={busy}>
            Create
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const suggestTag = (name: string): string =>
  name
    .normalize("NFD")
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, "")
    .slice(0, 8);
