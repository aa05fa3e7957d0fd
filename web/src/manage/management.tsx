import { CREATE_INVITE, has, MANAGE_CHANNEL } from "@parley/contract/permissions";
import { ChannelDialog } from "./channel-dialog.tsx";
import { CreateChannelDialog } from "./create-channel-dialog.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { ManageDialog } from "./manage-dialog.tsx";
import { Problem } from "./problem.tsx";
import type { ManagementState } from "./use-management.ts";

/** The organisation's name with what the person may do to it, and the dialog that is open. */
export function Management({ management, name }: { management: ManagementState; name: string }) {
  const { detail, channels, open } = management;
  const held = BigInt(detail?.permissions ?? 0);
  const mayCreateAtTop = has(held, MANAGE_CHANNEL);
  const parents = channels.filter(management.isManaged);
  return (
    <>
      <div className="toolbar">
        <h2>{name}</h2>
        {has(held, CREATE_INVITE) && (
          <button type="button" className="primary" onClick={() => open({ kind: "invite" })}>
            Invite people
          </button>
        )}
        {(mayCreateAtTop || parents.length > 0) && (
          <button type="button" onClick={() => open({ kind: "new-channel" })}>
            New channel
          </button>
        )}
        {detail && (
          <button type="button" onClick={() => open({ kind: "manage" })}>
            Members and settings
          </button>
        )}
      </div>
      <Problem text={management.moving.problem} />
      <div className="hidden" role="status">
        {management.said}
      </div>
      <OpenedDialog management={management} mayCreateAtTop={mayCreateAtTop} />
    </>
  );
}

interface OpenedDialogProps {
  management: ManagementState;
  mayCreateAtTop: boolean;
}

function OpenedDialog({ management, mayCreateAtTop }: OpenedDialogProps) {
  const { dialog, organization, detail, channels, you, close, changed } = management;
  if (!dialog || !detail || !you) return null;
  switch (dialog.kind) {
    case "invite":
      return <InviteDialog organization={organization} onClose={close} />;
    case "new-channel":
      return (
        <CreateChannelDialog
          organization={organization}
          channels={channels}
          parents={channels.filter(management.isManaged)}
          mayCreateAtTop={mayCreateAtTop}
          onCreated={() => {
            changed();
            close();
          }}
          onClose={close}
        />
      );
    case "manage":
      return (
        <ManageDialog
          organization={organization}
          detail={detail}
          channels={channels}
          you={you}
          onChanged={changed}
          onGone={management.gone}
          onClose={close}
        />
      );
    case "channel": {
      const channel = channels.find(({ id }) => id === dialog.id);
      if (!channel) return null;
      return (
        <ChannelDialog
          key={channel.id}
          organization={organization}
          channel={channel}
          channels={channels}
          you={you}
          mayManageTop={mayCreateAtTop}
          why={dialog.why}
          onChanged={changed}
          onClose={close}
        />
      );
    }
  }
}
