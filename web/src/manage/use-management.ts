/** Managing the organisation that is on the screen: what the person may do, which dialog is open, moves. */
import type { Channel, ChannelDetail } from "@parley/contract/channels";
import type { ChannelId, OrganizationId, UserId } from "@parley/contract/ids";
import type { OrganizationDetail } from "@parley/contract/organizations";
import { has, MANAGE_CHANNEL } from "@parley/contract/permissions";
import { OrganizationClient } from "@parley/sdk/organization-client";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useMemo, useState } from "react";
import { useClient } from "../use-client.ts";
import type { ChannelPlace } from "./channel-place.ts";
import { type Action, useAction } from "./use-action.ts";
import { useLoad } from "./use-load.ts";

export type OpenDialog =
  | { kind: "invite" | "manage" | "new-channel" }
  /** `why` opens it with the question why somebody may or may not do this. */
  | { kind: "channel"; id: ChannelId; why?: bigint };

export interface ManagementState {
  organization: OrganizationClient;
  /** Undefined until the first answer. */
  detail: OrganizationDetail | undefined;
  channels: readonly ChannelDetail[];
  you: UserId | undefined;
  dialog: OpenDialog | undefined;
  moving: Action;
  /** What just happened, for screen readers. */
  said: string;
  open(dialog: OpenDialog): void;
  close(): void;
  isManaged(channel: Channel): boolean;
  move(channel: Channel, place: ChannelPlace): void;
  /** Something was changed here: ask for all of it again. */
  changed(): void;
  /** The person has left the organisation, or deleted it. */
  gone(): void;
}

interface Options {
  client: VoiceClient;
  id: OrganizationId;
  channels: readonly ChannelDetail[] | undefined;
  refresh(): void;
  onChanged(): void;
}

export function useManagement({ client, id, channels: tree, refresh, onChanged }: Options): ManagementState {
  const channels = tree ?? [];
  const organization = useMemo(() => new OrganizationClient(client, id), [client, id]);
  const { value: detail, reload } = useLoad(organization.read);
  const session = useClient(client, "session");
  const [dialog, setDialog] = useState<OpenDialog>();
  const [said, setSaid] = useState("");
  const moving = useAction();

  // As fresh as the tree, which is asked for again and again: also where the server was away at first.
  useEffect(() => {
    if (tree) void reload();
  }, [tree, reload]);
  // What one may do in the own channel has changed: elsewhere it may have, too.
  useEffect(
    () =>
      client.on("permissions", () => {
        refresh();
        void reload();
      }),
    [client, refresh, reload],
  );

  function changed() {
    refresh();
    void reload();
    onChanged();
  }

  return {
    organization,
    detail,
    channels,
    you: session?.user.id,
    dialog,
    moving,
    said,
    open: (opened) => {
      setDialog(opened);
      // It may be long since it was read: ownership and roles change without a word to this page.
      void reload();
    },
    close: () => setDialog(undefined),
    isManaged: (channel) => {
      const permissions = channels.find((one) => one.id === channel.id)?.permissions ?? 0;
      return has(BigInt(permissions), MANAGE_CHANNEL);
    },
    move: (channel, place) =>
      void moving.run(async () => {
        await organization.moveChannel(channel.id, place);
        setSaid(`${channel.name} was moved.`);
        refresh();
      }),
    changed,
    gone: () => {
      setDialog(undefined);
      onChanged();
    },
  };
}
