/** Reads the SDK client's values and renders again when they change. */
import type { VoiceClient, VoiceClientEvents } from "@parley/sdk/voice-client";
import { useCallback, useSyncExternalStore } from "react";

type Readable = "state" | "session" | "participants" | "muted" | "permissions";

export function useClient<Name extends Readable>(client: VoiceClient, name: Name): VoiceClient[Name] {
  const subscribe = useCallback(
    (changed: () => void) => client.on(name satisfies keyof VoiceClientEvents, changed),
    [client, name],
  );
  return useSyncExternalStore(subscribe, () => client[name]);
}
