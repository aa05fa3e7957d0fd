/** Brings back the session that a reload left behind. */
import { ParleyError } from "@parley/sdk/parley-error";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useCallback, useEffect, useState } from "react";
import { finishLogOut, forgetSession, hasLoggedOut, mayHaveSession } from "./client.ts";

export type Restoring = { phase: "asking" } | { phase: "done" } | { phase: "failed"; error: ParleyError };

export function useRestoredSession(client: VoiceClient): { restoring: Restoring; retry(): void } {
  const [restoring, setRestoring] = useState<Restoring>(() =>
    mayHaveSession() || hasLoggedOut() ? { phase: "asking" } : { phase: "done" },
  );

  const restore = useCallback(async () => {
    if ((!mayHaveSession() && !hasLoggedOut()) || client.session) return;
    setRestoring({ phase: "asking" });
    try {
      if (hasLoggedOut()) {
        await finishLogOut(client);
        setRestoring({ phase: "done" });
        return;
      }
      if (!(await client.restore())) forgetSession();
      setRestoring({ phase: "done" });
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      setRestoring({ phase: "failed", error });
    }
  }, [client]);
  useEffect(() => void restore(), [restore]);
  return { restoring, retry: () => void restore() };
}
