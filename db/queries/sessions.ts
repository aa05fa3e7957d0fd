import type { SessionId, UserId } from "@parley/contract/ids";
import { and, eq, gt, isNull } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newSessionId } from "../ids.ts";
import { sessions } from "../schema/sessions.ts";
import { users } from "../schema/users.ts";

export interface ActiveSession {
  id: SessionId;
  user: { id: UserId; username: string };
}

export async function create(
  tx: Transaction,
  input: { userId: UserId; now: Date; expiresAt: Date; userAgent?: string; ip?: string },
): Promise<SessionId> {
  const id = newSessionId();
  await tx.insert(sessions).values({
    id,
    userId: input.userId,
    createdAt: input.now,
    lastUsedAt: input.now,
    expiresAt: input.expiresAt,
    userAgent: input.userAgent ?? null,
    ip: input.ip ?? null,
  });
  return id;
}

/** A session that is neither revoked nor expired, of an account that is active. */
export async function findActive(
  tx: Transaction,
  id: SessionId,
  now: Date,
): Promise<ActiveSession | undefined> {
  const [session] = await tx
    .select({ id: sessions.id, user: { id: users.id, username: users.username } })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.id, id),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
        eq(users.status, "active"),
      ),
    );
  return session;
}

/** Revoking twice keeps the first time. */
export async function revoke(tx: Transaction, id: SessionId, now: Date): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)));
}
