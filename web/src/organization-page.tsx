import type { Organization } from "@parley/contract/accounts";
import type { Channel } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";
import { CONNECT, SPEAK } from "@parley/contract/permissions";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useState } from "react";
import { Announcer } from "./announcer.tsx";
import { Banner } from "./banner.tsx";
import { CallBar } from "./call-bar.tsx";
import { ChannelTree } from "./channel-tree.tsx";
import { JoinBanner } from "./join-banner.tsx";
import { Management } from "./manage/management.tsx";
import { useManagement } from "./manage/use-management.ts";
import { PasswordDialog } from "./password-dialog.tsx";
import { useChannels } from "./use-channels.ts";
import { useClient } from "./use-client.ts";
import { useJoin } from "./use-join.ts";

const NO_CHANNELS: readonly Channel[] = [];

export function OrganizationPage({
  client,
  organization,
  onChanged,
  onLost,
}: {
  client: VoiceClient;
  organization: Organization;
  /** It was renamed, or the person has left it. */
  onChanged(): void;
  /** It is there no more for the person, and not by their doing. */
  onLost(name: string): void;
}) {
  const state = useClient(client, "state");
  const participants = useClient(client, "participants");
  const { channels, present, problem, refresh } = useChannels(client, organization.id);
  const management = useManagement({ client, id: organization.id, channels, refresh, onChanged });
  const { isManaged } = management;
  const joining = useJoin({ client, organizationId: organization.id, isManaged });
  const blocked = usePlaybackBlocked(client);

  // Who was removed meanwhile finds nothing here any more.
  useEffect(() => {
    if (problem?.code === "not_found") onLost(organization.name);
  }, [problem, onLost, organization.name]);

  const inCall = state.phase === "connected" || state.phase === "joining";
  const current = inCall ? state.channelId : undefined;
  const you = state.phase === "connected" ? state.you : undefined;
  const currentName = channels?.find(({ id }) => id === current)?.name;

  // The own channel is known at first hand; presence of the others comes a moment later.
  const people = (channelId: ChannelId) =>
    state.phase === "connected" && channelId === current
      ? participants.map((one) => ({ ...one, you: one.id === you }))
      : present
          .filter((one) => one.channelId === channelId)
          .map(({ participantId, name, muted }) => ({
            id: participantId,
            name,
            muted,
            speaking: false,
            you: false,
          }));

  function leave() {
    client.leave();
    // The button that had the focus is gone; keep the keyboard user in the tree.
    document.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus();
  }

  return (
    <>
      <main className="organization">
        <JoinBanner
          joining={joining}
          onWhy={({ id }) => management.open({ kind: "channel", id, why: CONNECT })}
        />
        {blocked.isBlocked && (
          <Banner
            text="The browser keeps the sound off until you click."
            actions={[{ label: "Turn on sound", run: blocked.resume }]}
          />
        )}
        {problem && <p className="quiet small">Not up to date: {problem.message}</p>}
        <Management management={management} name={organization.name} />
        {channels?.length === 0 && <p className="quiet">There are no channels here yet.</p>}
        <ChannelTree
          channels={channels ?? NO_CHANNELS}
          people={people}
          current={current}
          onJoin={joining.choose}
          isManaged={isManaged}
          onManage={(channel) => management.open({ kind: "channel", id: channel.id })}
          onMove={management.move}
        />
        {joining.asking && (
          <PasswordDialog
            key={joining.asking.channel.id}
            channelName={joining.asking.channel.name}
            problem={joining.asking.problem}
            onSubmit={(password) => {
              if (joining.asking) {
                joining.join({ channel: joining.asking.channel, password, listenOnly: false });
              }
            }}
            onClose={joining.stopAsking}
          />
        )}
      </main>
      <Announcer client={client} channelName={currentName} />
      {inCall && (
        <CallBar
          client={client}
          channelName={currentName ?? "Channel"}
          onLeave={leave}
          onWhy={() => current && management.open({ kind: "channel", id: current, why: SPEAK })}
        />
      )}
    </>
  );
}

function usePlaybackBlocked(client: VoiceClient) {
  const [isBlocked, setIsBlocked] = useState(false);
  useEffect(() => {
    const unsubscribes = [
      client.on("playback-blocked", () => setIsBlocked(true)),
      client.on("state", ({ phase }) => {
        if (phase !== "connected") setIsBlocked(false);
      }),
    ];
    return () => {
      for (const unsubscribe of unsubscribes) unsubscribe();
    };
  }, [client]);
  const resume = () => {
    setIsBlocked(false);
    void client.resumePlayback();
  };
  return { isBlocked, resume };
}
