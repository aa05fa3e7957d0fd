import type { ChannelDetail } from "@parley/contract/channels";
import type { UserId } from "@parley/contract/ids";
import { has, MANAGE_CHANNEL, MANAGE_ROLES } from "@parley/contract/permissions";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { AclPanel } from "./acl-panel.tsx";
import { ChannelPanel } from "./channel-panel.tsx";
import { Dialog } from "./dialog.tsx";
import { InspectorPanel } from "./inspector-panel.tsx";
import { type Tab, Tabs } from "./tabs.tsx";

interface ChannelDialogProps {
  organization: OrganizationClient;
  channel: ChannelDetail;
  channels: readonly ChannelDetail[];
  you: UserId;
  /** Also the top level of the tree. */
  mayManageTop: boolean;
  /** A permission that is asked about at once. */
  why: bigint | undefined;
  onChanged(): void;
  onClose(): void;
}

/** A channel's settings for those who manage it; for all others why they may what they may. */
export function ChannelDialog({
  organization,
  channel,
  channels,
  you,
  mayManageTop,
  why,
  onChanged,
  onClose,
}: ChannelDialogProps) {
  const held = BigInt(channel.permissions);
  const mayManage = has(held, MANAGE_CHANNEL);
  const inspector: Tab = {
    label: "Who may what",
    panel: (
      <InspectorPanel
        organization={organization}
        channel={channel}
        channels={channels}
        you={you}
        first={why}
        onlyYou={!mayManage && !has(held, MANAGE_ROLES)}
      />
    ),
  };
  const settings: Tab = {
    label: "Settings",
    panel: (
      <ChannelPanel
        organization={organization}
        channel={channel}
        channels={channels}
        mayManageTop={mayManageTop}
        onChanged={onChanged}
        onDeleted={() => {
          onChanged();
          onClose();
        }}
      />
    ),
  };
  const permissions: Tab = {
    label: "Permissions",
    panel: <AclPanel organization={organization} channel={channel} onChanged={onChanged} />,
  };
  return (
    <Dialog title={channel.name} wide onClose={onClose}>
      <Tabs
        label="Parts of the channel"
        first={why === undefined ? undefined : inspector.label}
        tabs={mayManage ? [settings, permissions, inspector] : [inspector]}
      />
    </Dialog>
  );
}
