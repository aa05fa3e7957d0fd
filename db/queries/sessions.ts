/** Log-ins. All of it runs in `withSystem`. */
import type { SessionId, UserId } from "@parley/contract/ids";
import { SESSION_IDLE_SECONDS } from "@parley/contract/limits";
import { and, desc, eq, gt, inArray, isNull, ne, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newSessionId } from "../ids.ts";
import { pruneSome } from "../prune-some.ts";
import { defineReading, type Reading } from "../reading.ts";
import { sessions } from "../schema/sessions.ts";
import { users } from "../schema/users.ts";

export type Session = typeof sessions.$inferSelect;

export interface ActiveSession {
  id: SessionId;
  authenticatedAt: Date;
  user: { id: UserId; username: string };
}

export async function create(
  tx: Transaction,
  input: {
    id?: SessionId;
    userId: UserId;
    now: Date;
    expiresAt: Date;
    tokenHash?: Uint8Array;
    userAgent?: string;
    ip?: string;
  },
): Promise<SessionId> {
  const id = input.id ?? newSessionId();
  await tx.insert(sessions).values({
    id,
    userId: input.userId,
    createdAt: input.now,
    authenticatedAt: input.now,
    lastUsedAt: input.now,
    expiresAt: input.expiresAt,
    tokenHash: input.tokenHash ?? null,
    userAgent: input.userAgent ?? null,
    ip: input.ip ?? null,
  });
  return id;
}

/** A session that is neither revoked nor expired, of an account that is active. */
export const active: (values: { id: SessionId; now: Date }) => Reading<{
  authenticatedAt: Date;
  userId: UserId;
  username: string;
}> = defineReading(
  "sessions_active",
  { authenticatedAt: sessions.authenticatedAt, userId: users.id, username: users.username },
  (select) =>
    select
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(
        and(
          eq(sessions.id, sql.placeholder("id")),
          isNull(sessions.revokedAt),
          gt(sessions.expiresAt, sql.placeholder("now")),
          eq(users.status, "active"),
        ),
      ),
);

/** Revoked and expired ones too, locked: of parallel refreshes each sees what the one before it did. */
export async function lock(tx: Transaction, id: SessionId): Promise<Session | undefined> {
  const [session] = await tx.select().from(sessions).where(eq(sessions.id, id)).for("update");
  return session;
}

/** The current token becomes the previous one; where it was used from is remembered. The session must be locked. */
export async function rotate(
  tx: Transaction,
  input: { session: Session; tokenHash: Uint8Array; now: Date; userAgent?: string; ip?: string },
): Promise<void> {
  await tx
    .update(sessions)
    .set({
      tokenHash: input.tokenHash,
      previousTokenHash: input.session.tokenHash,
      rotatedAt: input.now,
      lastUsedAt: input.now,
      userAgent: input.userAgent ?? input.session.userAgent,
      ip: input.ip ?? input.session.ip,
    })
    .where(eq(sessions.id, input.session.id));
}

/** The person has proven once more who they are. */
export async function reauthenticate(tx: Transaction, id: SessionId, now: Date): Promise<void> {
  await tx.update(sessions).set({ authenticatedAt: now }).where(eq(sessions.id, id));
}

/** Sessions of a person that can still be used, the newest first. */
export function listActive(tx: Transaction, userId: UserId, now: Date): Promise<Session[]> {
  return tx.select().from(sessions).where(isUsable(userId, now)).orderBy(desc(sessions.createdAt));
}

/** Everything kept of a person's log-ins: for the export. */
export const listAll = (tx: Transaction, userId: UserId): Promise<Session[]> =>
  tx.select().from(sessions).where(eq(sessions.userId, userId)).orderBy(desc(sessions.createdAt));

/** Says whether the session was alive; revoking twice keeps the first time and reason. */
export async function revoke(
  tx: Transaction,
  id: SessionId,
  now: Date,
  reason = "log_out",
): Promise<boolean> {
  return (await revokeWhere(tx, eq(sessions.id, id), now, reason)).length > 0;
}

/** A person's sessions, except for one where that is named; gives those that were alive. */
export const revokeAll = (
  tx: Transaction,
  userId: UserId,
  input: { now: Date; reason: string; except?: SessionId },
): Promise<SessionId[]> =>
  revokeWhere(
    tx,
    and(eq(sessions.userId, userId), input.except === undefined ? undefined : ne(sessions.id, input.except)),
    input.now,
    input.reason,
  );

/** All but the newest `keep` of a person's sessions; gives those that were alive. */
export const revokeOldest = (
  tx: Transaction,
  userId: UserId,
  input: { now: Date; keep: number },
): Promise<SessionId[]> => {
  const tooMany = tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(isUsable(userId, input.now))
    .orderBy(desc(sessions.createdAt))
    .offset(input.keep);
  return revokeWhere(tx, inArray(sessions.id, tooMany), input.now, "too_many");
};

/** Removes some of what ended before `before`; gives how many. See `pruneSome`. */
export const prune = (tx: Transaction, before: Date): Promise<number> =>
  pruneSome(tx, sessions, sessions.expiresAt, before);

/** Neither revoked nor over nor idle for too long: what a refresh would still take. */
const isUsable = (userId: UserId, now: Date): SQL | undefined =>
  and(
    eq(sessions.userId, userId),
    isNull(sessions.revokedAt),
    gt(sessions.expiresAt, now),
    gt(sessions.lastUsedAt, new Date(now.getTime() - SESSION_IDLE_SECONDS * 1000)),
  );

async function revokeWhere(
  tx: Transaction,
  which: SQL | undefined,
  now: Date,
  reason: string,
): Promise<SessionId[]> {
  const revoked = await tx
    .update(sessions)
    .set({ revokedAt: now, revokedReason: reason })
    .where(and(which, isNull(sessions.revokedAt)))
    .returning({ id: sessions.id });
  return revoked.map((row) => row.id);
}
