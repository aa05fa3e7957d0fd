/** Joining as the page does it: asks for a password when one is needed, keeps what went wrong. */
import type { Channel } from "@parley/contract/channels";
import type { OrganizationId } from "@parley/contract/ids";
import { ParleyError } from "@parley/sdk/parley-error";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useState } from "react";

interface Attempt {
  channel: Channel;
  password: string | undefined;
  listenOnly: boolean;
}

export interface Joining {
  /** What to tell the person, and the attempt that it came from, if they may try it again. */
  problem: { error: ParleyError; attempt: Attempt | undefined } | undefined;
  /** A password is being asked for. */
  asking: { channel: Channel; problem: string | undefined } | undefined;
  choose(channel: Channel): void;
  join(attempt: Attempt): void;
  dismiss(): void;
  stopAsking(): void;
}

interface Options {
  client: VoiceClient;
  organizationId: OrganizationId;
  /** Whoever manages a channel needs no password of it. */
  isManaged(channel: Channel): boolean;
}

export function useJoin({ client, organizationId, isManaged }: Options): Joining {
  const [last, setLast] = useState<Attempt>();
  const [problem, setProblem] = useState<Joining["problem"]>();
  const [asking, setAsking] = useState<Joining["asking"]>();

  useEffect(
    () =>
      client.on("error", (error) => {
        // The page of this organisation goes with it; what remains of the page says why.
        if (error.code === "kicked" || error.code === "banned") return;
        const lost = client.state.phase === "lost";
        setProblem({ error, attempt: lost ? last : undefined });
      }),
    [client, last],
  );

  async function join(attempt: Attempt): Promise<void> {
    const { channel, password, listenOnly } = attempt;
    setLast(attempt);
    setProblem(undefined);
    setAsking(undefined);
    try {
      await client.join({ organizationId, channelId: channel.id, password, listenOnly });
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      if (error.code === "join_cancelled") return;
      if (error.code === "channel_password_required") setAsking({ channel, problem: undefined });
      else if (error.code === "channel_password_wrong") setAsking({ channel, problem: error.message });
      else setProblem({ error, attempt });
    }
  }

  function choose(channel: Channel): void {
    const { state } = client;
    const isHere = state.phase === "connected" || state.phase === "joining";
    if (isHere && state.channelId === channel.id) return;
    if (channel.hasPassword && !isManaged(channel)) setAsking({ channel, problem: undefined });
    else void join({ channel, password: undefined, listenOnly: false });
  }

  return {
    problem,
    asking,
    choose,
    join: (attempt) => void join(attempt),
    dismiss: () => {
      setProblem(undefined);
      if (client.state.phase === "lost") client.leave();
    },
    stopAsking: () => setAsking(undefined),
  };
}
