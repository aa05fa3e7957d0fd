import type { VoiceClient } from "@parley/sdk/voice-client";
import { useState } from "react";
import { Card } from "./card.tsx";
import { Field } from "./field.tsx";
import { Problem } from "./problem.tsx";
import { useSubmit } from "./use-submit.ts";

export function ForgotPassword({ client, onBack }: { client: VoiceClient; onBack(): void }) {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const { busy, problem, submit } = useSubmit(async () => {
    await client.forgotPassword(email);
    setSent(true);
  });
  return (
    <Card>
      <h2>Forgot your password?</h2>
      {sent ? (
        <p role="status">
          If an account has this confirmed address, a mail with a link is on its way. The link works for ten
          minutes.
        </p>
      ) : (
        <form onSubmit={submit}>
          <Field
            label="Email"
            name="email"
            type="email"
            autoComplete="email"
            value={email}
            onChange={setEmail}
          />
          <Problem words={problem} />
          <button type="submit" className="primary" aria-busy={busy}>
            Mail me a link
          </button>
        </form>
      )}
      <button type="button" className="link" onClick={onBack}>
        Back to log-in
      </button>
    </Card>
  );
}
