import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useState } from "react";
import { Home } from "./home.tsx";
import { LogIn } from "./log-in.tsx";
import { useClient } from "./use-client.ts";

export function App({ client }: { client: VoiceClient }) {
  const session = useClient(client, "session");
  const { phase } = useClient(client, "state");
  const [user, setUser] = useState(session?.user);
  // Setting the user during rendering is React's way to keep a value that follows another.
  if (session && session.user !== user) setUser(session.user);

  // A session that ends doesn't cut off somebody in the middle of a sentence: the call goes on.
  const inCall = phase === "connected" || phase === "joining";
  const expired = user !== undefined && session === undefined;
  useEffect(() => {
    document.title = inCall ? "In a call – Parley" : "Parley";
  }, [inCall]);

  if (!user || (expired && !inCall)) return <LogIn client={client} />;
  return <Home key={user.id} client={client} user={user} expired={expired} />;
}
