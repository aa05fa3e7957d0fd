/** For each attack, by its name, the guards without which it must get through. */
import type { Mutations } from "../mutation.ts";
import { dtlsMutations } from "./dtls.ts";
import { exhaustionMutations } from "./exhaustion.ts";
import { floodMutations } from "./flood.ts";
import { reflectionMutations } from "./reflection.ts";
import { rtpMutations } from "./rtp.ts";
import { sdpMutations } from "./sdp.ts";
import { stunMutations } from "./stun.ts";
import { tokenMutations } from "./token.ts";
import { webSocketMutations } from "./web-socket.ts";

export const mutations: Mutations = {
  ...stunMutations,
  ...dtlsMutations,
  ...rtpMutations,
  ...sdpMutations,
  ...tokenMutations,
  ...webSocketMutations,
  ...floodMutations,
  ...reflectionMutations,
  ...exhaustionMutations,
};
