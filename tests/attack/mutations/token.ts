import type { Mutations } from "../mutation.ts";
import { without } from "./guards.ts";

const TOKEN = "media-node/signal/join-token.ts";
const ROOMS = "media-node/rooms.ts";

const verifySignature = without("the signature is verified", {
  file: TOKEN,
  from: 'import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from "jose";',
  to: 'import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet } from "jose";\nconst jwtVerify = async (token: string, ..._: unknown[]) => ({ payload: decodeJwt(token) });',
});

export const tokenMutations: Mutations = {
  "Join token used twice": without("a token counts once", {
    file: TOKEN,
    from: 'if (this.#used.has(jti)) throw new AppError("token_used");',
    to: "",
  }),
  "Join token of another node": without("a token names its node", {
    file: TOKEN,
    from: "audience: this.#options.audience,",
    to: "",
  }),
  "Expired join token": without("a token runs out", {
    file: TOKEN,
    from: "currentDate: this.#options.now(),",
    to: "currentDate: new Date(0),",
  }),
  "Join token with a changed claim": verifySignature,
  "Join token that nobody signed": verifySignature,
  "Join token with the fence of an earlier placement": without(
    "a fence is never lower than the room's",
    { file: ROOMS, from: 'if (known && claims.fence < known.fence) throw new AppError("moved");', to: "" },
    { file: ROOMS, from: 'if (claims.fence < room.fence) throw new AppError("moved");', to: "" },
  ),
  "A member without the right to speak claims to be loudest": without("who may not speak isn't forwarded", {
    file: "media-node/core/room.ts",
    from: "if (!talker?.canSpeak || talker.participant.muted) return NOTHING;",
    to: "if (!talker || talker.participant.muted) return NOTHING;",
  }),
};
