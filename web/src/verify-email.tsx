import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useState } from "react";
import { formWords } from "./field-words.ts";

/** Proves an address by the link that was mailed to it, and says how that went. */
export function VerifyEmail({ client, token }: { client: VoiceClient; token: string }) {
  const [words, setWords] = useState("Confirming your email address…");

  useEffect(() => {
    once(client, token).then(
      () => setWords("Your email address is confirmed. You can log in with it."),
      (error) => setWords(formWords(error)),
    );
  }, [client, token]);

  return (
    <p role="status" className="notice">
      {words}
    </p>
  );
}

let used: Promise<void> | undefined;

/** The link works once, and a component may be mounted twice. */
function once(client: VoiceClient, token: string): Promise<void> {
  used ??= client.verifyEmail(token);
  return used;
}
