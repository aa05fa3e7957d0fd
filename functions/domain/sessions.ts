/** Log-ins: opened, refreshed, listed, proven anew, ended. */
import type { SessionResponse, SessionSummary, User } from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import type { SessionId, UserId } from "@parley/contract/ids";
import {
  REFRESH_GRACE_SECONDS,
  SESSION_IDLE_SECONDS,
  SESSION_LIFETIME_SECONDS,
  SESSIONS_PER_USER_MAX,
} from "@parley/contract/limits";
import type { Transaction } from "@parley/db/client";
import { newSessionId } from "@parley/db/ids";
import * as LogIns from "@parley/db/queries/log-ins";
import * as SessionRows from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import type { RowsOf } from "@parley/db/reading";
import { pipelineOfSystem, readAcross, withSystem } from "@parley/db/scope";
import * as AccessToken from "./access-token.ts";
import { type AccountServices, audit, type Caller, personalOf } from "./account-services.ts";
import * as RefreshToken from "./refresh-token.ts";
import { announceEnded } from "./session-outbox.ts";

type Services = Pick<AccountServices, "db" | "keys" | "now">;
type EndingServices = Services & Pick<AccountServices, "rightsChanged">;

/** A session's answer; whether its refresh token goes into the body or a cookie is for the route to say. */
export type OpenedSession = SessionResponse & { refreshToken: string };

/** `action` is what the audit log calls it; `before` runs first, in the same transaction. */
export async function open(
  services: EndingServices,
  user: User,
  caller: Caller,
  action: string,
  before: (tx: Transaction) => Promise<void> = async () => {},
): Promise<OpenedSession> {
  const now = services.now();
  const id = newSessionId();
  const refresh = RefreshToken.first(services.keys, id);
  const crowdedOut = await withSystem(services.db, async (tx) => {
    await before(tx);
    await SessionRows.create(tx, {
      id,
      userId: user.id,
      now,
      expiresAt: endOf(now),
      tokenHash: refresh.hash,
      ...(caller.userAgent ? { userAgent: caller.userAgent } : {}),
      ...(caller.ip ? { ip: caller.ip } : {}),
    });
    const oldest = await SessionRows.revokeOldest(tx, user.id, { now, keep: SESSIONS_PER_USER_MAX });
    await audit(tx, user.id, caller, { action, at: now, target: { type: "session", id } });
    await announceEnded(tx, user.id, oldest, now);
    return oldest;
  });
  if (crowdedOut.length > 0) services.rightsChanged();
  return answer(services, user, refresh, now);
}

/**
 * After a right password, and a right code where the account has such. The check took its time, in the queue maybe
 * seconds: a password changed meanwhile, codes switched on, or an account disabled, must count. Throws
 * `invalid_credentials`.
 */
export async function openChecked(
  services: EndingServices,
  account: LogIns.Account,
  caller: Caller,
): Promise<OpenedSession> {
  const now = services.now();
  const id = newSessionId();
  const refresh = RefreshToken.first(services.keys, id);
  const { isOpen, hasNews } = await LogIns.open((statements) => pipelineOfSystem(services.db, statements), {
    session: { id, tokenHash: refresh.hash, expiresAt: endOf(now) },
    account,
    now,
    userAgent: caller.userAgent || undefined,
    ip: caller.ip || undefined,
    keep: SESSIONS_PER_USER_MAX,
    audit: { action: "session.log_in", requestId: caller.requestId, personal: personalOf(caller) },
  });
  if (!isOpen) throw new AppError("invalid_credentials");
  if (hasNews) services.rightsChanged();
  const { id: userId, username } = account.user;
  return answer(services, { id: userId, username }, refresh, now);
}

const endOf = (now: Date): Date => new Date(now.getTime() + SESSION_LIFETIME_SECONDS * 1000);

/** The live session behind an access token. Throws `unauthenticated` when there is none. */
export async function authenticate(services: Services, token: string): Promise<SessionRows.ActiveSession> {
  const now = services.now();
  const claims = await AccessToken.verify(services.keys.access, token, now);
  const [rows] = await readAcross(services.db, SessionRows.active({ id: claims.sid, now }));
  return assertLive(claims, rows);
}

/** The session that a token names, from the rows of `active`. Throws `unauthenticated`. */
export function assertLive(
  claims: AccessToken.AccessClaims,
  [session]: RowsOf<[ReturnType<typeof SessionRows.active>]>[0],
): SessionRows.ActiveSession {
  if (session?.userId !== claims.sub) throw new AppError("unauthenticated");
  const { authenticatedAt, userId, username } = session;
  return { id: claims.sid, authenticatedAt, user: { id: userId, username } };
}

type Refreshed = { phase: "refreshed"; user: User } | { phase: "refused" } | { phase: "reused" };

/**
 * A new access token, and the successor of the refresh token. The parent gives the same successor for ten seconds
 * more (two tabs, an answer that got lost); any other token that was ever given out ends the whole session, since
 * two hold it and one of them stole it. Throws `unauthenticated` or `rate_limited`.
 */
export async function refresh(
  services: EndingServices & Pick<AccountServices, "limits">,
  text: string,
  caller: Caller,
): Promise<OpenedSession> {
  const presented = RefreshToken.parse(services.keys, text);
  if (!presented) throw new AppError("unauthenticated");
  await services.limits.take("refresh", presented.sessionId);
  const now = services.now();
  const successor = RefreshToken.successorOf(services.keys, presented);
  const outcome = await withSystem(services.db, async (tx): Promise<Refreshed> => {
    const session = await SessionRows.lock(tx, presented.sessionId);
    if (!session || session.revokedAt || isOver(session, now)) return { phase: "refused" };
    const isCurrent = RefreshToken.sameHash(session.tokenHash, presented.hash);
    if (!isCurrent && !isWithinGrace(session, presented, successor, now)) {
      await SessionRows.revoke(tx, session.id, now, "reuse");
      const target = { type: "session", id: session.id };
      await audit(tx, session.userId, caller, { action: "session.reuse", at: now, target });
      await announceEnded(tx, session.userId, [session.id], now);
      return { phase: "reused" };
    }
    const user = await Users.find(tx, session.userId);
    if (user?.status !== "active") return { phase: "refused" };
    if (isCurrent) {
      const from = {
        ...(caller.userAgent ? { userAgent: caller.userAgent } : {}),
        ...(caller.ip ? { ip: caller.ip } : {}),
      };
      await SessionRows.rotate(tx, { session, tokenHash: successor.hash, now, ...from });
    }
    return { phase: "refreshed", user: { id: user.id, username: user.username } };
  });
  if (outcome.phase === "reused") services.rightsChanged();
  if (outcome.phase !== "refreshed") throw new AppError("unauthenticated");
  return answer(services, outcome.user, successor, now);
}

const isOver = (session: SessionRows.Session, now: Date): boolean =>
  session.expiresAt <= now || session.lastUsedAt.getTime() + SESSION_IDLE_SECONDS * 1000 <= now.getTime();

const isWithinGrace = (
  session: SessionRows.Session,
  presented: RefreshToken.RefreshToken,
  successor: RefreshToken.RefreshToken,
  now: Date,
): boolean =>
  RefreshToken.sameHash(session.previousTokenHash, presented.hash) &&
  RefreshToken.sameHash(session.tokenHash, successor.hash) &&
  now.getTime() - (session.rotatedAt?.getTime() ?? 0) <= REFRESH_GRACE_SECONDS * 1000;

function answer(
  { keys }: Services,
  user: User,
  { sessionId, text }: RefreshToken.RefreshToken,
  now: Date,
): OpenedSession {
  const access = AccessToken.sign(keys.access, { userId: user.id, sessionId }, now);
  return {
    user,
    sessionId,
    accessToken: access.token,
    expiresAt: access.expiresAt.toISOString(),
    refreshToken: text,
  };
}

export async function list(
  { db, now }: Services,
  current: SessionRows.ActiveSession,
): Promise<SessionSummary[]> {
  const rows = await withSystem(db, (tx) => SessionRows.listActive(tx, current.user.id, now()));
  return rows.map((row) => ({
    id: row.id,
    current: row.id === current.id,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    userAgent: row.userAgent,
    ip: row.ip,
  }));
}

/** Ends one of a person's own sessions. Throws `not_found` for everybody else's, and for one that is over. */
export async function end(
  { db, now, rightsChanged }: EndingServices,
  userId: UserId,
  id: SessionId,
  caller: Caller,
  action: "session.log_out" | "session.revoke",
): Promise<void> {
  const at = now();
  await withSystem(db, async (tx) => {
    const session = await SessionRows.lock(tx, id);
    if (session?.userId !== userId || session.revokedAt) throw new AppError("not_found");
    await SessionRows.revoke(tx, id, at, action === "session.revoke" ? "revoked" : "log_out");
    await audit(tx, userId, caller, { action, at, target: { type: "session", id } });
    await announceEnded(tx, userId, [id], at);
  });
  rightsChanged();
}

/** Ends every session of a person. */
export async function endAll(
  { db, now, rightsChanged }: EndingServices,
  userId: UserId,
  caller: Caller,
): Promise<void> {
  const at = now();
  await withSystem(db, async (tx) => {
    const ended = await SessionRows.revokeAll(tx, userId, { now: at, reason: "log_out_all" });
    await audit(tx, userId, caller, { action: "session.log_out_all", at, after: { ended: ended.length } });
    await announceEnded(tx, userId, ended, at);
  });
  rightsChanged();
}
