import type { Mutations } from "../mutation.ts";
import { without } from "./guards.ts";

const TOKEN = "media-node/signal/join-token.ts";
const TOKEN_KEYS = "media-node/signal/token-keys.ts";
const ROOMS = "media-node/rooms.ts";

const unverified = {
  file: TOKEN_KEYS,
  from: 'if (!verify("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }, signature))',
  to: "if (false)",
};
const inKeys = (from: string, to: string) => ({ file: TOKEN_KEYS, from, to });

export const tokenMutations: Mutations = {
  "Join token used twice": without("a token counts once", {
    file: TOKEN,
    from: 'if (this.#used.has(jti)) throw new AppError("token_used");',
    to: "",
  }),
  "Join token of another node": without("a token names its node", {
    file: TOKEN,
    from: 'if (aud !== this.#options.audience) throw new AppError("token_invalid");',
    to: "",
  }),
  "Expired join token": without("a token runs out", {
    file: TOKEN,
    from: 'if (exp <= nowSeconds - CLOCK_TOLERANCE_SECONDS) throw new AppError("token_expired");',
    to: "",
  }),
  "Join token that an access tokens' key signed": without(
    "keys are for one type of token",
    inKeys("if (signs !== type) continue;", ""),
  ),
  "Join token with a changed claim": without("the signature is verified", unverified),
  "Join token that nobody signed": without(
    "a token names a key of ours and ES256, and is signed",
    unverified,
    inKeys("[\\w-]+$/", "[\\w-]*$/"),
    inKeys('if (typeof header.kid !== "string") throw new AppError("token_invalid");', ""),
    inKeys('!key || alg !== "ES256" || ', ""),
  ),
  "Join token with the fence of an earlier placement": without(
    "a fence is never lower than the room's",
    { file: ROOMS, from: 'if (known && claims.fence < known.fence) throw new AppError("moved");', to: "" },
    { file: ROOMS, from: 'if (claims.fence < room.fence) throw new AppError("moved");', to: "" },
  ),
  "A member without the right to speak claims to be loudest": without("who may not speak isn't forwarded", {
    file: "media-node/core/room.ts",
    from: "if (!talker?.canSpeak) return this.#forbidden();",
    to: "if (!talker) return this.#forbidden();",
  }),
};
