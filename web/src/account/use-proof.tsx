/** Runs a change; where it asks for a recent log-in, asks for the password, then runs it again. */
import { ParleyError } from "@parley/sdk/parley-error";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { type ReactNode, useCallback, useState } from "react";
import { ProofDialog } from "./proof-dialog.tsx";

interface Asking {
  proven(): void;
  cancelled(error: ParleyError): void;
}

export function useProof(
  client: VoiceClient,
  wantsCode: boolean,
): { prove<T>(change: () => Promise<T>): Promise<T>; dialog: ReactNode } {
  const [asking, setAsking] = useState<Asking>();

  const prove = useCallback(async <T,>(change: () => Promise<T>): Promise<T> => {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== "recent_login_required") throw error;
      await new Promise<void>((proven, cancelled) =>
        setAsking({ proven, cancelled: () => cancelled(error) }),
      );
      return change();
    }
  }, []);

  const dialog = asking && (
    <ProofDialog
      client={client}
      wantsCode={wantsCode}
      onProven={() => {
        setAsking(undefined);
        asking.proven();
      }}
      onCancel={() => {
        setAsking(undefined);
        asking.cancelled(new ParleyError("recent_login_required"));
      }}
    />
  );
  return { prove, dialog };
}
