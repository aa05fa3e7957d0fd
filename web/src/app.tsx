import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useState } from "react";
import { Banner } from "./banner.tsx";
import { hasLeft, hasLoggedOut } from "./client.ts";
import { Home } from "./home.tsx";
import { LogIn } from "./log-in.tsx";
import { takeMailedLink } from "./mailed-link.ts";
import { ResetPassword } from "./reset-password.tsx";
import { useClient } from "./use-client.ts";
import { useRestoredSession } from "./use-restored-session.ts";
import { VerifyEmail } from "./verify-email.tsx";

const link = takeMailedLink();

export function App({ client }: { client: VoiceClient }) {
  const session = useClient(client, "session");
  const { phase } = useClient(client, "state");
  const [user, setUser] = useState(session?.user);
  const { restoring, retry } = useRestoredSession(client);
  const [resetToken, setResetToken] = useState(link?.kind === "reset" ? link.token : undefined);
  // Setting the user during rendering is React's way to keep a value that follows another.
  if (session && session.user !== user) setUser(session.user);

  // A session that ends doesn't cut off somebody in the middle of a sentence: the call goes on.
  const inCall = phase === "connected" || phase === "joining";
  const expired = user !== undefined && session === undefined;
  useEffect(() => {
    document.title = inCall ? "In a call – Parley" : "Parley";
  }, [inCall]);

  if (resetToken !== undefined) {
    return <ResetPassword client={client} token={resetToken} onDone={() => setResetToken(undefined)} />;
  }
  const verifying = link?.kind === "verify" && <VerifyEmail client={client} token={link.token} />;
  // Also while a session comes back only to be ended: see finishLogOut.
  if (restoring.phase === "asking" && (!session || hasLoggedOut()))
    return <main className="empty quiet">Loading…</main>;
  if (!session && restoring.phase === "failed") {
    return <Banner text={restoring.error.message} actions={[{ label: "Try again", run: retry }]} />;
  }
  if (!user || (expired && !inCall)) {
    return (
      <>
        {verifying}
        <LogIn client={client} ended={expired && !hasLeft()} />
      </>
    );
  }
  return (
    <>
      {verifying}
      <Home key={user.id} client={client} user={user} expired={expired} />
    </>
  );
}
