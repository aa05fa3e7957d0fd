/**
 * Enforces on running calls what was decided about rights after they began: ends them or narrows them in place,
 * and refuses the tokens that are out of date. It asks each second, which is the guarantee, and whenever it is
 * told that there is news.
 */
import type { AuthorizationChange, AuthorizationFeed } from "@parley/contract/authorization-feed";
import { AppError, type ErrorCode } from "@parley/contract/errors";
import type { JoinTokenClaims } from "@parley/contract/join";
import { CLOCK_TOLERANCE_SECONDS, JOIN_TOKEN_LIFETIME_SECONDS } from "@parley/contract/limits";
import { CONNECT, has, VIEW } from "@parley/contract/permissions";

const POLL_INTERVAL_MS = 1_000;
/** Longer than any join token lives: older decisions are in every token that still counts. */
const MEMORY_MS = (JOIN_TOKEN_LIFETIME_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1000;

/** One person's stay in a room. */
export interface WatchedCall {
  readonly claims: JoinTokenClaims;
  readonly permissions: bigint;
  allow(permissions: bigint): void;
  end(code: ErrorCode): void;
}

interface Options {
  feed: AuthorizationFeed;
  /** Everybody who is in a room now. */
  calls(): Iterable<WatchedCall>;
  onError(error: unknown): void;
}

type Claims = Pick<JoinTokenClaims, "org" | "ch" | "sub" | "sid" | "pv">;

export class AuthorizationWatch {
  readonly #options: Options;
  /** Changes that may concern a token which is under way, with when they came. */
  #recent: { change: AuthorizationChange; atMs: number }[] = [];
  #seq = 0;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#seq = await this.#options.feed.lastSeq();
    this.#unsubscribe = this.#options.feed.onChange(() => this.#wake());
    this.#timer = setInterval(() => this.#wake(), POLL_INTERVAL_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#unsubscribe?.();
    await this.#running;
  }

  /** Throws why a token doesn't count any more, though it isn't over yet. */
  assertAdmits(claims: Claims): void {
    for (const { change } of this.#recent) {
      const { permissionVersion } = change;
      // Whoever was only taken out may come back at once.
      if (change.kind === "disconnected" || !concerns(change, claims)) continue;
      // Who came back since has a token of a higher version.
      if (permissionVersion !== null && claims.pv >= permissionVersion) continue;
      if (change.kind !== "rights") throw new AppError(CODES[change.kind]);
      if (permissionVersion !== null) throw new AppError("token_expired");
    }
  }

  /** Somebody has entered: rights of many may have changed since their token was made. */
  entered(call: WatchedCall): void {
    const isStale = this.#recent.some(
      ({ change }) => change.kind === "rights" && concerns(change, call.claims),
    );
    if (isStale) this.#recheck([call]).catch(this.#options.onError);
  }

  /** News that comes while older news is read is read right after it; after a failure the next poll tries again. */
  #wake(): void {
    this.#again = true;
    this.#running ??= this.#run()
      .catch(this.#options.onError)
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const changes = await this.#options.feed.listAfter(this.#seq);
      const nowMs = performance.now();
      this.#recent = this.#recent.filter(({ atMs }) => nowMs - atMs < MEMORY_MS);
      for (const change of changes) {
        this.#recent.push({ change, atMs: nowMs });
        await this.#apply(change);
        this.#seq = change.seq;
      }
      if (changes.length > 0) this.#again = true;
    }
  }

  async #apply(change: AuthorizationChange): Promise<void> {
    const calls = [...this.#options.calls()].filter((call) => concerns(change, call.claims));
    if (change.kind === "rights") return this.#recheck(calls);
    for (const call of calls) call.end(CODES[change.kind]);
  }

  async #recheck(calls: readonly WatchedCall[]): Promise<void> {
    for (const [orgId, stays] of Map.groupBy(calls, ({ claims }) => claims.org)) {
      const asked = stays.map(({ claims }) => ({ channelId: claims.ch, userId: claims.sub }));
      const permissions = await this.#options.feed.readPermissions(orgId, asked);
      for (const [index, call] of stays.entries()) settle(call, permissions[index] ?? 0n);
    }
  }
}

const CODES = {
  kicked: "kicked",
  banned: "banned",
  disconnected: "disconnected",
  session: "unauthenticated",
  account: "unauthenticated",
  channel: "channel_deleted",
  organization: "channel_deleted",
} as const satisfies Record<Exclude<AuthorizationChange["kind"], "rights">, ErrorCode>;

function settle(call: WatchedCall, permissions: bigint): void {
  if (!has(permissions, VIEW | CONNECT)) call.end("forbidden");
  else if (permissions !== call.permissions) call.allow(permissions);
}

const concerns = (change: AuthorizationChange, claims: Claims): boolean =>
  change.orgId === claims.org &&
  (change.userId === null || change.userId === claims.sub) &&
  (change.channelId === null || change.channelId === claims.ch) &&
  (change.sessionId === null || change.sessionId === claims.sid);
