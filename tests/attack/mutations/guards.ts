/** Files and guards that several mutations share. */
import type { Edit } from "../mutation.ts";

export const STUN = "media-node/rtc/stun/binding-request.ts";
export const GATE = "media-node/rtc/gate.ts";
export const DTLS = "media-node/rtc/dtls/dtls-server.ts";

/** Nobody needs to know a password. */
export const PASSWORD_NEEDED: Edit = {
  file: GATE,
  from: 'if (!hasIntegrity(request, password)) return this.drops.count("stun_bad_integrity");',
  to: "",
};

/** What a stranger sends is taken for the newest client's. */
export const SOURCE_KNOWN: readonly Edit[] = [
  {
    file: "media-node/rtc/udp-port.ts",
    from: 'if (packetKind(packet) !== "stun") return this.#gate.drops.count("source_unknown");',
    to: "",
  },
  {
    file: GATE,
    from: "const { peer } = path;",
    to: "const peer = path.peer ?? [...this.#peers.values()].at(-1);",
  },
];
