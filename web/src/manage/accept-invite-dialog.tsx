import type { Organization } from "@parley/contract/accounts";
import { acceptInvite, previewInvite } from "@parley/sdk/organization-client";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";
import { useLoad } from "./use-load.ts";

interface AcceptInviteDialogProps {
  client: VoiceClient;
  code: string;
  /** Those that the person is a member of. */
  mine: readonly Organization[];
  onAccepted(organization: Organization): void;
  onClose(): void;
}

export function AcceptInviteDialog({ client, code, mine, onAccepted, onClose }: AcceptInviteDialogProps) {
  const { value: preview, problem, code: failure, reload } = useLoad(() => previewInvite(client, code), code);
  const action = useAction();
  const known = mine.find(({ tag }) => tag === preview?.organization.tag);
  return (
    <Dialog title={preview && !known ? `Join ${preview.organization.name}?` : "An invite"} onClose={onClose}>
      {known && <p>You are a member of {known.name} already.</p>}
      {preview && !known && (
        <p>
          {preview.invitedBy === null ? "You are invited" : `${preview.invitedBy} invites you`} to{" "}
          <strong>{preview.organization.name}</strong> ({preview.organization.tag}), with{" "}
          {preview.members === 1 ? "one member" : `${preview.members} members`} so far.
        </p>
      )}
      {failure === "not_found" ? (
        <p>This invite has ended, was used up or taken back. Ask whoever sent it for a new one.</p>
      ) : (
        <Problem text={problem} />
      )}
      <Problem text={action.problem} />
      <div className="dialog-buttons">
        <button type="button" onClick={onClose}>
          Not now
        </button>
        {problem !== "" && failure !== "not_found" && (
          <button type="button" onClick={() => void reload()}>
            Try again
          </button>
        )}
        {known && (
          <button type="button" className="primary" onClick={() => onAccepted(known)}>
            Open {known.name}
          </button>
        )}
        {preview && !known && (
          <button
            type="button"
            className="primary"
            aria-busy={action.busy}
            onClick={() => void action.run(async () => onAccepted(await acceptInvite(client, code)))}
          >
            Join {preview.organization.name}
          </button>
        )}
      </div>
    </Dialog>
  );
}
