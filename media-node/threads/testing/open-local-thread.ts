/** A thread alone, without the node around it: nobody waits for its news, and a bug of it fails the test. */
import { VOICES_PER_LISTENER } from "@parley/contract/limits";
import type { BoundPort } from "../../port/bound-port.ts";
import type { DtlsIdentity } from "../../rtc/dtls/dtls-identity.ts";
import { LocalThread } from "../local-thread.ts";

export const openLocalThread = (port: BoundPort, identity: DtlsIdentity): LocalThread =>
  new LocalThread(
    port,
    { identity, voicesPerListener: VOICES_PER_LISTENER },
    {
      onMessage: () => {},
      onLost: () => {},
      onConnected: () => {},
      onBug: (error) => Promise.reject(error),
    },
  );
