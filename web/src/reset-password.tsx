import type { VoiceClient } from "@parley/sdk/voice-client";
import { type FormEvent, useState } from "react";
import { Card } from "./card.tsx";
import { Field } from "./field.tsx";
import { NewPasswordHint } from "./new-password-hint.tsx";
import { Problem } from "./problem.tsx";
import { useSubmit } from "./use-submit.ts";

/** Where the link of a forgotten password leads. */
export function ResetPassword({
  client,
  token,
  onDone,
}: {
  client: VoiceClient;
  token: string;
  onDone(): void;
}) {
  const [password, setPassword] = useState("");
  const [removePasskeys, setRemovePasskeys] = useState(true);
  const [isSet, setIsSet] = useState(false);
  const { busy, problem, submit } = useSubmit(async () => {
    await client.resetPassword(token, password, !removePasskeys);
    setIsSet(true);
  });

  if (isSet) {
    return (
      <Card>
        <p role="status">Your new password is set. You were logged out everywhere.</p>
        <button type="button" className="primary" onClick={onDone}>
          Log in
        </button>
      </Card>
    );
  }
  return (
    <Card>
      <h2>Choose a new password</h2>
      <form onSubmit={(event: FormEvent) => submit(event)}>
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          describedBy="password-hint"
          value={password}
          onChange={setPassword}
        />
        <NewPasswordHint client={client} />
        <label>
          <input
            type="checkbox"
            checked={removePasskeys}
            onChange={(event) => setRemovePasskeys(event.target.checked)}
          />
          Remove my passkeys, too: somebody else may have added one
        </label>
        <Problem words={problem} />
        <button type="submit" className="primary" aria-busy={busy}>
          Set password
        </button>
      </form>
      <button type="button" className="link" onClick={onDone}>
        Back to log-in
      </button>
    </Card>
  );
}
