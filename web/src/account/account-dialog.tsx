import type { Account } from "@parley/contract/accounts";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useCallback, useEffect, useRef, useState } from "react";
import { formWords } from "../field-words.ts";
import { CloseIcon } from "../icons.tsx";
import { Problem } from "../problem.tsx";
import { DeleteSection } from "./delete-section.tsx";
import { EmailSection } from "./email-section.tsx";
import { PasskeysSection } from "./passkeys-section.tsx";
import { PasswordSection } from "./password-section.tsx";
import { SessionsSection } from "./sessions-section.tsx";
import { TotpSection } from "./totp-section.tsx";
import { useProof } from "./use-proof.tsx";

export interface SectionProps {
  client: VoiceClient;
  account: Account;
  /** Does what may ask for the password first. */
  prove<T>(change: () => Promise<T>): Promise<T>;
  /** Reads the account again. */
  reload(): Promise<void>;
}

/** Everything about one's own account, over the page: a call goes on behind it. */
export function AccountDialog({ client, onClose }: { client: VoiceClient; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [account, setAccount] = useState<Account>();
  const [problem, setProblem] = useState("");
  const { prove, dialog: proof } = useProof(client, account?.totpEnabled ?? false);

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  // Closed before it goes away: only close() gives the focus back to where it was.
  function close() {
    dialog.current?.close();
    onClose();
  }

  const reload = useCallback(async () => {
    try {
      setAccount(await client.account.read());
      setProblem("");
    } catch (error) {
      setProblem(formWords(error));
    }
  }, [client]);
  useEffect(() => void reload(), [reload]);

  const props = account && { client, account, prove, reload };
  return (
    <dialog ref={dialog} className="account-dialog" aria-labelledby="account-title" onCancel={close}>
      <div className="section-head">
        <h2 id="account-title">{account?.username ?? "Account"}</h2>
        <button type="button" className="bare" aria-label="Close account" onClick={close}>
          <CloseIcon />
        </button>
      </div>
      <Problem words={problem} />
      {props && (
        <>
          <SessionsSection {...props} />
          <PasswordSection {...props} />
          <EmailSection {...props} />
          <TotpSection {...props} />
          <PasskeysSection {...props} />
          <DeleteSection {...props} />
        </>
      )}
      {proof}
    </dialog>
  );
}
