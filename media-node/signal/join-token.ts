/**
 * Verifies join tokens offline (RFC 7519, RFC 8725): ES256 only, our type, issuer and audience, a key of the
 * cached JWKS that is for join tokens, and each token once. The control plane is asked for keys at most once in 30 s, however many
 * unknown kids arrive.
 */
import { AppError } from "@parley/contract/errors";
import {
  JOIN_TOKEN_TYPE,
  type JoinTokenClaims,
  joinTokenClaimsSchema,
  TOKEN_ISSUER,
} from "@parley/contract/join";
import { CLOCK_TOLERANCE_SECONDS, JOIN_TOKEN_BYTES_MAX } from "@parley/contract/limits";
import { type KeySet, TokenKeys } from "./token-keys.ts";

const REFETCH_MS_MIN = 30_000;
/** As long as the control plane lets caches keep its keys: one that it took back must not live on here. */
const KEYS_AGE_MS_MAX = 300_000;
/** Each used token is remembered until it would have expired; more at once means a flood. */
const REMEMBERED_MAX = 100_000;

export interface JoinTokenVerifierOptions {
  audience: string;
  fetchKeys: () => Promise<KeySet>;
  now: () => Date;
}

export class JoinTokenVerifier {
  readonly #options: JoinTokenVerifierOptions;
  /** jti → when it may be forgotten, seconds since 1970; in order of use. */
  readonly #used = new Map<string, number>();
  #keys: TokenKeys | undefined;
  #fetchedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: JoinTokenVerifierOptions) {
    this.#options = options;
  }

  /** The claims of a good token. Throws `token_invalid`, `token_expired` or `token_used`. */
  async verify(token: string): Promise<JoinTokenClaims> {
    if (token.length > JOIN_TOKEN_BYTES_MAX) throw new AppError("token_invalid");
    const keys = await this.#keysFor(token);
    const claims = this.#check(keys.open(token));
    this.#useOnce(claims.jti, claims.exp + CLOCK_TOLERANCE_SECONDS);
    return claims;
  }

  /** RFC 8725 §3.8–3.11: for whom, by whom and until when. */
  #check(payload: Readonly<Record<string, unknown>>): JoinTokenClaims {
    const { iss, aud, exp, nbf = 0 } = payload;
    if (iss !== TOKEN_ISSUER) throw new AppError("token_invalid");
    if (aud !== this.#options.audience) throw new AppError("token_invalid");
    const nowSeconds = Math.floor(this.#options.now().getTime() / 1000);
    if (typeof exp !== "number" || typeof nbf !== "number") throw new AppError("token_invalid");
    if (nbf > nowSeconds + CLOCK_TOLERANCE_SECONDS) throw new AppError("token_invalid");
    if (exp <= nowSeconds - CLOCK_TOLERANCE_SECONDS) throw new AppError("token_expired");
    const claims = joinTokenClaimsSchema.safeParse(payload);
    if (!claims.success) throw new AppError("token_invalid", { cause: claims.error });
    return claims.data;
  }

  /** The keys by which the token is to be opened; whether its own is among them, `open` says. */
  async #keysFor(token: string): Promise<TokenKeys> {
    const ageMs = this.#options.now().getTime() - this.#fetchedAtMs;
    const known = this.#keys;
    // Where the control plane is away, the keys of before are better than none.
    let keys = known ?? (await this.#fetch());
    if (known && ageMs >= KEYS_AGE_MS_MAX) keys = await this.#fetch().catch(() => known);
    this.#keys = keys;
    const mayRefetch = this.#options.now().getTime() - this.#fetchedAtMs >= REFETCH_MS_MIN;
    if (!mayRefetch || keys.hasKeyOf(token)) return keys;
    this.#keys = await this.#fetch();
    return this.#keys;
  }

  async #fetch(): Promise<TokenKeys> {
    this.#fetchedAtMs = this.#options.now().getTime();
    try {
      return new TokenKeys(await this.#options.fetchKeys(), JOIN_TOKEN_TYPE);
    } catch (cause) {
      throw new AppError("unavailable", { detail: "The control plane's keys can't be had now.", cause });
    }
  }

  #useOnce(jti: string, forgetAtSeconds: number): void {
    const nowSeconds = this.#options.now().getTime() / 1000;
    for (const [old, until] of this.#used) {
      if (until > nowSeconds) break;
      this.#used.delete(old);
    }
    if (this.#used.has(jti)) throw new AppError("token_used");
    if (this.#used.size >= REMEMBERED_MAX) throw new AppError("unavailable");
    this.#used.set(jti, forgetAtSeconds);
  }
}
