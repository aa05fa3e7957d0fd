import type { Mutations } from "../mutation.ts";
import { GATE, PASSWORD_NEEDED, STUN } from "./guards.ts";

export const stunMutations: Mutations = {
  "STUN cut short at every length": [
    {
      removes: "the message has the length that it claims",
      edits: [
        { file: STUN, from: "bytes.length < STUN_HEADER_BYTES || ", to: "" },
        {
          file: STUN,
          from: 'if (bytes.readUInt16BE(2) !== bytes.length - STUN_HEADER_BYTES) return "stun_malformed";',
          to: "",
        },
      ],
    },
  ],
  "STUN each of whose attributes runs past the end": [
    {
      removes: "attributes end within the message",
      edits: [{ file: STUN, from: 'if (next > bytes.length) return "stun_malformed";', to: "" }],
    },
  ],
  "STUN without MESSAGE-INTEGRITY (W4)": [
    {
      removes: "MESSAGE-INTEGRITY must be there",
      edits: [
        {
          file: STUN,
          from: "request.integrityOffset === 0 || username === undefined",
          to: "username === undefined",
        },
        PASSWORD_NEEDED,
      ],
    },
  ],
  "STUN with a wrong MESSAGE-INTEGRITY": [
    { removes: "MESSAGE-INTEGRITY is verified", edits: [PASSWORD_NEEDED] },
  ],
  "STUN of an unknown ufrag (W4)": [
    {
      removes: "both ufrags name a peer",
      edits: [
        {
          file: GATE,
          from: "const peer = this.#peers.get(request.localUfrag);\n    if (!peer || peer.remoteUfrag !== request.remoteUfrag)",
          to: "const peer = [...this.#peers.values()].at(-1);\n    if (!peer)",
        },
        PASSWORD_NEEDED,
      ],
    },
  ],
  "STUN with a bad FINGERPRINT": [
    {
      removes: "FINGERPRINT is compared",
      edits: [{ file: STUN, from: " || !matchesFingerprint(bytes, offset)", to: "" }],
    },
  ],
  "STUN role conflict by somebody without the password": [
    { removes: "MESSAGE-INTEGRITY is verified before the role", edits: [PASSWORD_NEEDED] },
  ],
  "STUN responses that nobody asked for": [onlyRequests()],
  "TURN Allocate and Refresh": [onlyRequests()],
  "USE-CANDIDATE without the password from another address (W4)": [
    { removes: "MESSAGE-INTEGRITY is verified before a nomination", edits: [PASSWORD_NEEDED] },
  ],
  "STUN from 10,000 source ports": [
    {
      removes: "only an authenticated check makes a source known",
      edits: [
        {
          file: "media-node/rtc/udp-port.ts",
          from: "this.#gate.receive(packet, new UdpPath(this, source, nowMs), nowMs);",
          to: "const path = new UdpPath(this, source, nowMs);\n    this.add(path);\n    this.#gate.receive(packet, path, nowMs);",
        },
      ],
    },
  ],
  "Weak ICE credentials (W7)": [
    {
      removes: "a ufrag has 48 bits",
      edits: [{ file: "media-node/rtc/ice-credentials.ts", from: "randomBytes(6)", to: "randomBytes(2)" }],
    },
    {
      removes: "a password has 192 bits",
      edits: [{ file: "media-node/rtc/ice-credentials.ts", from: "randomBytes(24)", to: "randomBytes(11)" }],
    },
  ],
};

function onlyRequests() {
  return {
    removes: "only Binding requests are looked at",
    edits: [
      {
        file: STUN,
        from: 'if (bytes.readUInt16BE(0) !== BINDING_REQUEST) return "stun_not_a_request";',
        to: "",
      },
    ],
  };
}
