import type { Channel } from "@parley/contract/channels";
import type { OrganizationDetail } from "@parley/contract/organizations";
import { BAN_MEMBERS, CREATE_INVITE, has, VIEW_AUDIT_LOG } from "@parley/contract/permissions";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { AuditPanel } from "./audit-panel.tsx";
import { BansPanel } from "./bans-panel.tsx";
import { Dialog } from "./dialog.tsx";
import { InvitesPanel } from "./invites-panel.tsx";
import { MembersPanel } from "./members-panel.tsx";
import { OrganizationPanel } from "./organization-panel.tsx";
import { RolesPanel } from "./roles-panel.tsx";
import { type Tab, Tabs } from "./tabs.tsx";

interface ManageDialogProps {
  organization: OrganizationClient;
  detail: OrganizationDetail;
  channels: readonly Channel[];
  you: string;
  onChanged(): void;
  onGone(): void;
  onClose(): void;
}

/** Everything about an organisation but its channels. What the person may not see has no tab. */
export function ManageDialog(props: ManageDialogProps) {
  const { organization, detail, channels, you } = props;
  const held = BigInt(detail.permissions);
  const tabs: (Tab & { needs: bigint })[] = [
    {
      label: "Members",
      needs: 0n,
      panel: <MembersPanel organization={organization} held={held} rank={detail.rank} you={you} />,
    },
    {
      label: "Roles",
      needs: 0n,
      panel: <RolesPanel organization={organization} held={held} rank={detail.rank} />,
    },
    { label: "Invites", needs: CREATE_INVITE, panel: <InvitesPanel organization={organization} /> },
    { label: "Bans", needs: BAN_MEMBERS, panel: <BansPanel organization={organization} /> },
    {
      label: "Audit log",
      needs: VIEW_AUDIT_LOG,
      panel: <AuditPanel organization={organization} channels={channels} />,
    },
    {
      label: "Organisation",
      needs: 0n,
      panel: (
        <OrganizationPanel
          organization={organization}
          detail={detail}
          you={you}
          onChanged={props.onChanged}
          onGone={props.onGone}
        />
      ),
    },
  ];
  return (
    <Dialog title={detail.name} wide onClose={props.onClose}>
      <Tabs label="Parts of the organisation" tabs={tabs.filter(({ needs }) => has(held, needs))} />
    </Dialog>
  );
}
