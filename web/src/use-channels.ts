/** Channels and presence of an organisation, asked for again every two seconds while the page is visible. */
import type { ChannelDetail, Present } from "@parley/contract/channels";
import type { OrganizationId } from "@parley/contract/ids";
import { ParleyError } from "@parley/sdk/parley-error";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useCallback, useEffect, useRef, useState } from "react";

const POLL_MS = 2_000;
/** The tree changes more rarely than who is inside. */
const POLLS_PER_TREE = 15;

export interface Channels {
  /** Undefined until the first answer. */
  channels: ChannelDetail[] | undefined;
  present: Present[];
  /** The server didn't answer the last question; it is asked again by itself. */
  problem: ParleyError | undefined;
  /** Asks for the tree now, after a change of one's own. */
  refresh(): void;
}

export function useChannels(client: VoiceClient, organizationId: OrganizationId): Channels {
  const [value, setValue] = useState<Omit<Channels, "refresh">>({
    channels: undefined,
    present: [],
    problem: undefined,
  });
  const pollNow = useRef(() => {});
  const refresh = useCallback(() => pollNow.current(), []);

  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let polls = 0;
    let tree: ChannelDetail[] | undefined;

    async function poll() {
      clearTimeout(timer);
      if (stopped || document.visibilityState === "hidden") return;
      // Without a session each question would fail; the call, if any, goes on.
      if (client.session) {
        try {
          const wantTree = tree === undefined || polls % POLLS_PER_TREE === 0;
          polls += 1;
          const [channels, present] = await Promise.all([
            wantTree ? client.channels(organizationId) : undefined,
            client.presence(organizationId),
          ]);
          if (channels) tree = channels;
          if (!stopped) setValue({ channels: tree, present, problem: undefined });
        } catch (error) {
          if (!(error instanceof ParleyError)) throw error;
          if (!stopped) setValue((before) => ({ ...before, problem: error }));
        }
      }
      // Two polls may overlap when the page is hidden and shown meanwhile; one timer remains.
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(poll, POLL_MS);
    }

    pollNow.current = () => {
      polls = 0;
      void poll();
    };
    void poll();
    document.addEventListener("visibilitychange", poll);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", poll);
    };
  }, [client, organizationId]);

  return { ...value, refresh };
}
