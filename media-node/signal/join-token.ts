/**
 * Verifies join tokens offline (RFC 7519, RFC 8725): ES256 only, our type, issuer and audience, a key from the
 * cached JWKS, and each token once. The control plane is asked for keys at most once in 30 s, however many
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
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from "jose";

const REFETCH_MS_MIN = 30_000;
/** As long as the control plane lets caches keep its keys: one that it took back must not live on here. */
const KEYS_AGE_MS_MAX = 300_000;
/** Each used token is remembered until it would have expired; more at once means a flood. */
const REMEMBERED_MAX = 100_000;

export interface JoinTokenVerifierOptions {
  audience: string;
  fetchKeys: () => Promise<JSONWebKeySet>;
  now: () => Date;
}

export class JoinTokenVerifier {
  readonly #options: JoinTokenVerifierOptions;
  /** jti → when it may be forgotten, seconds since 1970; in order of use. */
  readonly #used = new Map<string, number>();
  #keys: ReturnType<typeof createLocalJWKSet> | undefined;
  #fetchedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: JoinTokenVerifierOptions) {
    this.#options = options;
  }

  /** The claims of a good token. Throws `token_invalid`, `token_expired` or `token_used`. */
  async verify(token: string): Promise<JoinTokenClaims> {
    if (token.length > JOIN_TOKEN_BYTES_MAX) throw new AppError("token_invalid");
    const claims = await this.#verifySignature(token);
    this.#useOnce(claims.jti, claims.exp + CLOCK_TOLERANCE_SECONDS);
    return claims;
  }

  async #verifySignature(token: string): Promise<JoinTokenClaims> {
    try {
      const { payload } = await this.#withKeys((keys) =>
        jwtVerify(token, keys, {
          algorithms: ["ES256"],
          typ: JOIN_TOKEN_TYPE,
          issuer: TOKEN_ISSUER,
          audience: this.#options.audience,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: this.#options.now(),
          requiredClaims: ["exp", "jti", "sub"],
        }),
      );
      return joinTokenClaimsSchema.parse(payload);
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError(cause instanceof errors.JWTExpired ? "token_expired" : "token_invalid", { cause });
    }
  }

  async #withKeys<T>(verify: (keys: ReturnType<typeof createLocalJWKSet>) => Promise<T>): Promise<T> {
    const ageMs = this.#options.now().getTime() - this.#fetchedAtMs;
    const known = this.#keys;
    // Where the control plane is away, the keys of before are better than none.
    let keys = known ?? (await this.#fetch());
    if (known && ageMs >= KEYS_AGE_MS_MAX) keys = await this.#fetch().catch(() => known);
    this.#keys = keys;
    try {
      return await verify(keys);
    } catch (error) {
      const mayRefetch = this.#options.now().getTime() - this.#fetchedAtMs >= REFETCH_MS_MIN;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayRefetch) throw error;
      this.#keys = await this.#fetch();
      return verify(this.#keys);
    }
  }

  async #fetch(): Promise<ReturnType<typeof createLocalJWKSet>> {
    this.#fetchedAtMs = this.#options.now().getTime();
    try {
      return createLocalJWKSet(await this.#options.fetchKeys());
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
