/** Files and guards that several mutations share. */
import type { Edit, Mutation } from "../mutation.ts";

export const STUN = "media-node/rtc/stun/binding-request.ts";
export const GATE = "media-node/rtc/gate.ts";
export const DTLS = "media-node/rtc/dtls/dtls-server.ts";

/** Nobody needs to know a password. */
export const PASSWORD_NEEDED: Edit = {
  file: GATE,
  from: 'if (!hasIntegrity(request, password)) return this.drops.count("stun_bad_integrity");',
  to: "",
};

/** Whatever a stranger sends gets as far as the gate. */
const STUN_FIRST: Edit = {
  file: "media-node/rtc/udp-port.ts",
  from: 'if (packetKind(packet) !== "stun") return this.#gate.drops.count("source_unknown");',
  to: "",
};

/** It is taken for everybody's. */
export const SOURCE_KNOWN: readonly Edit[] = [
  STUN_FIRST,
  {
    file: GATE,
    from: 'if (!peer) return this.drops.count("source_unknown");',
    to: `if (!peer) {
      for (const each of this.#peers.values())
        if (kind === "rtp") each.receiveRtp(packet, nowMs);
        else if (kind === "dtls") each.receiveDtls(packet, nowMs);
      return;
    }`,
  },
];

/** It is answered. */
export const SILENCE: readonly Edit[] = [
  STUN_FIRST,
  {
    file: GATE,
    from: 'if (!peer) return this.drops.count("source_unknown");',
    to: "if (!peer) return path.send(packet);",
  },
];

export const without = (removes: string, ...edits: Edit[]): Mutation[] => [{ removes, edits }];
