import type { VoiceClient } from "@parley/sdk/voice-client";
import { useEffect, useRef, useState } from "react";
import { Field } from "../field.tsx";
import { Problem } from "../problem.tsx";
import { useSubmit } from "../use-submit.ts";

interface ProofDialogProps {
  client: VoiceClient;
  wantsCode: boolean;
  onProven(): void;
  onCancel(): void;
}

/** "Is it you?": the password, and the code where the account has a second factor. */
export function ProofDialog({ client, wantsCode, onProven, onCancel }: ProofDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const { busy, problem, submit } = useSubmit(async () => {
    await client.account.reauthenticate(password, wantsCode ? code : undefined);
    onProven();
  });

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog ref={dialog} aria-labelledby="proof-title" onCancel={onCancel}>
      <form onSubmit={submit}>
        <h2 id="proof-title">Is it you?</h2>
        <p className="quiet small">This change asks for your password again.</p>
        <Field
          label="Current password"
          name="current-password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        {wantsCode && (
          <Field
            label="Code from your authenticator app"
            name="code"
            autoComplete="one-time-code"
            value={code}
            onChange={setCode}
          />
        )}
        <Problem words={problem} />
        <div className="dialog-buttons">
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
          <button type="submit" className="primary" aria-busy={busy}>
            Continue
          </button>
        </div>
      </form>
    </dialog>
  );
}
