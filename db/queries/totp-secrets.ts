/** Time-based codes of accounts. All of it runs in `withSystem`. */
import type { UserId } from "@parley/contract/ids";
import { and, eq, isNotNull, isNull, lt } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { totpSecrets } from "../schema/second-factors.ts";

export type TotpSecret = typeof totpSecrets.$inferSelect;

export async function find(tx: Transaction, userId: UserId): Promise<TotpSecret | undefined> {
  const [secret] = await tx.select().from(totpSecrets).where(eq(totpSecrets.userId, userId));
  return secret;
}

/** Starts or restarts an enrolment; false where codes are in use already. */
export async function propose(
  tx: Transaction,
  input: { userId: UserId; sealedSecret: Uint8Array; now: Date },
): Promise<boolean> {
  const { userId, sealedSecret, now } = input;
  const kept = await tx
    .insert(totpSecrets)
    .values({ userId, sealedSecret, createdAt: now })
    .onConflictDoUpdate({
      target: totpSecrets.userId,
      set: { sealedSecret, createdAt: now },
      setWhere: isNull(totpSecrets.confirmedAt),
    })
    .returning({ userId: totpSecrets.userId });
  return kept.length > 0;
}

/** False where another request was faster. */
export async function confirm(tx: Transaction, userId: UserId, step: number, now: Date): Promise<boolean> {
  const confirmed = await tx
    .update(totpSecrets)
    .set({ confirmedAt: now, lastStep: step })
    .where(and(eq(totpSecrets.userId, userId), isNull(totpSecrets.confirmedAt)))
    .returning({ userId: totpSecrets.userId });
  return confirmed.length > 0;
}

/** Takes a time step; false when it, or a later one, was taken: of two racers one gets it. */
export async function takeStep(tx: Transaction, userId: UserId, step: number): Promise<boolean> {
  const taken = await tx
    .update(totpSecrets)
    .set({ lastStep: step })
    .where(
      and(eq(totpSecrets.userId, userId), isNotNull(totpSecrets.confirmedAt), lt(totpSecrets.lastStep, step)),
    )
    .returning({ userId: totpSecrets.userId });
  return taken.length > 0;
}

export async function remove(tx: Transaction, userId: UserId): Promise<boolean> {
  const gone = await tx
    .delete(totpSecrets)
    .where(eq(totpSecrets.userId, userId))
    .returning({ userId: totpSecrets.userId });
  return gone.length > 0;
}
