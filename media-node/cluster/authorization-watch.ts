/**
 * Enforces on running calls what was decided about rights after they began: ends them or narrows them in place,
 * and refuses the tokens that are out of date. It asks each second, which is the guarantee, and whenever it is
 * told that there is news.
 */
import type { AuthorizationChange, AuthorizationFeed } from "@parley/contract/authorization-feed";
import { AppError, type ErrorCode } from "@parley/contract/errors";
import type { OrganizationId } from "@parley/contract/ids";
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

type Claims = Pick<JoinTokenClaims, "org" | "ch" | "sub" | "sid" | "pv" | "exp">;

export class AuthorizationWatch {
  readonly #options: Options;
  /** Changes that may concern a token which is under way, with when they came. */
  #recent: { change: AuthorizationChange; atMs: number }[] = [];
  /** Calls, by their claims, whose rights are to be asked anew; what fails stays until a later poll. */
  readonly #stale = new Map<OrganizationId, Set<JoinTokenClaims>>();
  readonly #rechecks = new Map<OrganizationId, Promise<void>>();
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
    await Promise.all(this.#rechecks.values());
  }

  /** Throws why a token doesn't count any more, though it isn't over yet. */
  assertAdmits(claims: Claims): void {
    for (const { change } of this.#recent) {
      if (change.kind === "disconnected" && mayComeBack(change, claims)) continue;
      if (!concerns(change, claims) || isSince(change, claims)) continue;
      if (change.kind !== "rights") throw new AppError(CODES[change.kind]);
      if (change.permissionVersion !== null) throw new AppError("token_expired");
    }
  }

  /** Somebody has entered: rights of many may have changed since their token was made. */
  entered(call: WatchedCall): void {
    const isStale = this.#recent.some(
      ({ change }) => change.kind === "rights" && concerns(change, call.claims),
    );
    if (!isStale) return;
    this.#markStale(call.claims);
    this.#recheck();
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
        this.#apply(change);
        this.#seq = change.seq;
      }
      if (changes.length > 0) this.#again = true;
      this.#recheck();
    }
  }

  /** What ends calls asks nobody, so that no organisation waits for another's rights to be read. */
  #apply(change: AuthorizationChange): void {
    for (const call of this.#options.calls()) {
      if (!concerns(change, call.claims)) continue;
      if (change.kind === "rights") this.#markStale(call.claims);
      else if (!isSince(change, call.claims)) call.end(CODES[change.kind]);
    }
  }

  #markStale(claims: JoinTokenClaims): void {
    const stale = this.#stale.get(claims.org) ?? new Set();
    this.#stale.set(claims.org, stale.add(claims));
  }

  /** Each organisation by itself, once for all of its changes so far. */
  #recheck(): void {
    for (const orgId of this.#stale.keys()) {
      if (this.#rechecks.has(orgId)) continue;
      const work = this.#recheckOrganization(orgId)
        .catch(this.#options.onError)
        .finally(() => this.#rechecks.delete(orgId));
      this.#rechecks.set(orgId, work);
    }
  }

  async #recheckOrganization(orgId: OrganizationId): Promise<void> {
    for (let stale = this.#take(orgId); stale && !this.#stopped; stale = this.#take(orgId)) {
      const calls = [...this.#options.calls()].filter(({ claims }) => stale?.has(claims));
      const asked = calls.map(({ claims }) => ({ channelId: claims.ch, userId: claims.sub }));
      try {
        const permissions = await this.#options.feed.readPermissions(orgId, asked);
        for (const [index, call] of calls.entries()) settle(call, permissions[index] ?? 0n);
      } catch (error) {
        for (const { claims } of calls) this.#markStale(claims);
        throw error;
      }
    }
  }

  #take(orgId: OrganizationId): Set<JoinTokenClaims> | undefined {
    const stale = this.#stale.get(orgId);
    this.#stale.delete(orgId);
    return stale;
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

/** Who came back since has a token of a higher version. */
const isSince = ({ permissionVersion }: AuthorizationChange, { pv }: Pick<Claims, "pv">): boolean =>
  permissionVersion !== null && pv >= permissionVersion;

/**
 * Whoever was only taken out, at once. Where all were, by a token from after that: the former password may have
 * given those before. Tokens are dated in whole seconds; one of that very second passes.
 */
const mayComeBack = ({ userId, at }: AuthorizationChange, { exp }: Pick<Claims, "exp">): boolean =>
  userId !== null || (exp - JOIN_TOKEN_LIFETIME_SECONDS + 1) * 1000 > at.getTime();

const concerns = (change: AuthorizationChange, claims: Claims): boolean =>
  change.orgId === claims.org &&
  (change.userId === null || change.userId === claims.sub) &&
  (change.channelId === null || change.channelId === claims.ch) &&
  (change.sessionId === null || change.sessionId === claims.sid);
