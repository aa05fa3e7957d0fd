/** Passkeys and the challenges that are out for them. All of it runs in `withSystem`. */
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import { PASSKEYS_PER_USER_MAX } from "@parley/contract/limits";
import type { PasskeyId } from "@parley/contract/second-factors";
import { and, asc, eq, gt } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { pruneSome } from "../prune-some.ts";
import { passkeyChallenges, passkeys } from "../schema/passkeys.ts";
import { users } from "../schema/users.ts";

export type PasskeyRow = typeof passkeys.$inferSelect;
type Purpose = (typeof passkeyChallenges.$inferSelect)["purpose"];

export const list = (tx: Transaction, userId: UserId): Promise<PasskeyRow[]> =>
  tx.select().from(passkeys).where(eq(passkeys.userId, userId)).orderBy(asc(passkeys.createdAt));

/** Throws `quota_exceeded`; false when the credential is registered already. */
export async function add(tx: Transaction, row: typeof passkeys.$inferInsert): Promise<boolean> {
  // The lock lets one of several parallel requests count at a time.
  await tx.select({ id: users.id }).from(users).where(eq(users.id, row.userId)).for("update");
  if ((await list(tx, row.userId)).length >= PASSKEYS_PER_USER_MAX) throw new AppError("quota_exceeded");
  const added = await tx.insert(passkeys).values(row).onConflictDoNothing().returning({ id: passkeys.id });
  return added.length > 0;
}

/** Locked: two uses of one passkey see each other's counter. */
export async function lock(tx: Transaction, id: PasskeyId): Promise<PasskeyRow | undefined> {
  const [passkey] = await tx.select().from(passkeys).where(eq(passkeys.id, id)).for("update");
  return passkey;
}

export async function use(tx: Transaction, id: PasskeyId, counter: number, now: Date): Promise<void> {
  await tx.update(passkeys).set({ counter, lastUsedAt: now }).where(eq(passkeys.id, id));
}

export async function remove(tx: Transaction, userId: UserId, id: PasskeyId): Promise<boolean> {
  const gone = await tx
    .delete(passkeys)
    .where(and(eq(passkeys.id, id), eq(passkeys.userId, userId)))
    .returning({ id: passkeys.id });
  return gone.length > 0;
}

/** Gives how many there were. */
export async function removeAll(tx: Transaction, userId: UserId): Promise<number> {
  const gone = await tx.delete(passkeys).where(eq(passkeys.userId, userId)).returning({ id: passkeys.id });
  return gone.length;
}

export async function addChallenge(
  tx: Transaction,
  challenge: { challengeHash: Uint8Array; purpose: Purpose; userId: UserId | null; expiresAt: Date },
): Promise<void> {
  await tx.insert(passkeyChallenges).values(challenge);
}

/** Uses a challenge up; gives who it was for, undefined when it is unknown, used or too old. */
export async function consumeChallenge(
  tx: Transaction,
  input: { challengeHash: Uint8Array; purpose: Purpose; now: Date },
): Promise<{ userId: UserId | null } | undefined> {
  const [challenge] = await tx
    .delete(passkeyChallenges)
    .where(
      and(
        eq(passkeyChallenges.challengeHash, input.challengeHash),
        eq(passkeyChallenges.purpose, input.purpose),
        gt(passkeyChallenges.expiresAt, input.now),
      ),
    )
    .returning({ userId: passkeyChallenges.userId });
  return challenge;
}

/** See `pruneSome`. */
export const pruneChallenges = (tx: Transaction, before: Date): Promise<number> =>
  pruneSome(tx, passkeyChallenges, passkeyChallenges.expiresAt, before);
