import type { Mutations } from "../mutation.ts";
import { GATE, without } from "./guards.ts";

const onTrust = [
  ...without("an address that hasn't proved itself has three bytes for each", {
    file: "media-node/rtc/path.ts",
    from: "if (packet.length > this.#creditBytes) return false;",
    to: "",
  }),
  ...without("three bytes for each, and no more", {
    file: "media-node/rtc/path.ts",
    from: "const CREDIT_PER_BYTE = 3;",
    to: "const CREDIT_PER_BYTE = 4;",
  }),
];

export const reflectionMutations: Mutations = {
  "Checks forged from somebody else's address, in the handshake": onTrust,
  "Checks forged from somebody else's address, during a call": [
    ...onTrust,
    ...without("answers to checks count as well", {
      file: GATE,
      from: "path.sendOnTrust(writeBindingSuccess(request, path, password));",
      to: "path.send(writeBindingSuccess(request, path, password));",
    }),
    ...without("voice goes where the client has answered", {
      file: "media-node/rtc/path-selection.ts",
      from: "if (path.isProven) this.#prove(path);",
      to: "this.#prove(path);",
    }),
  ],
};
