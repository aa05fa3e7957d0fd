/** Tells screen readers who came and went in the own channel. */
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useState } from "react";
import { useClient } from "./use-client.ts";

export function Announcer({ client, channelName }: { client: VoiceClient; channelName: string | undefined }) {
  const { phase } = useClient(client, "state");
  const [text, setText] = useState("");

  useEffect(() => {
    if (phase !== "connected") return;
    setText(`You joined ${channelName ?? "the channel"}.`);
    let before = namesOf(client);
    const unsubscribe = client.on("participants", () => {
      const now = namesOf(client);
      // An empty list is the call's end, not everybody's leaving.
      if (now.size === 0) return;
      const joined = [...now].filter(([id]) => !before.has(id)).map(([, name]) => `${name} joined.`);
      const left = [...before].filter(([id]) => !now.has(id)).map(([, name]) => `${name} left.`);
      before = now;
      if (joined.length + left.length > 0) setText([...joined, ...left].join(" "));
    });
    return () => {
      unsubscribe();
      setText("You left the channel.");
    };
  }, [client, phase, channelName]);

  return (
    <div className="hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

const namesOf = (client: VoiceClient) => new Map(client.participants.map(({ id, name }) => [id, name]));
