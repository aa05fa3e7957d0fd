/** Brings back the session that a reload left behind. */
import { ParleyError } from "@parley/sdk/parley-error";
import type { VoiceClient } from "@parley/sdk/voice-client";
import { useCallback, useEffect, useState } from "react";
import { forgetSession, mayHaveSession } from "./client.ts";

export type Restoring = { phase: "asking" } | { phase: "done" } | { phase: "failed"; error: ParleyError };

export function useRestoredSession(client: VoiceClient): { restoring: Restoring; retry(): void } {
  const [restoring, setRestoring] = useState<Restoring>(() =>
    mayHaveSession() ? { phase: "asking" } : { phase: "done" },
  );

  const restore = useCallback(async () => {
    if (!mayHaveSession() || client.session) return;
    setRestoring({ phase: "asking" });
    try {
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
