/** Codes for who lost their authenticator. All of it runs in `withSystem`. */
import type { UserId } from "@parley/contract/ids";
import { and, count, eq, isNull } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { recoveryCodes } from "../schema/second-factors.ts";

/** Earlier ones count no more. */
export async function replace(tx: Transaction, userId: UserId, hashes: readonly Uint8Array[]): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  if (hashes.length > 0)
    await tx.insert(recoveryCodes).values(hashes.map((codeHash) => ({ userId, codeHash })));
}

/** Uses a code up; one of two racers gets it. */
export async function consume(
  tx: Transaction,
  userId: UserId,
  codeHash: Uint8Array,
  now: Date,
): Promise<boolean> {
  const used = await tx
    .update(recoveryCodes)
    .set({ usedAt: now })
    .where(
      and(
        eq(recoveryCodes.userId, userId),
        eq(recoveryCodes.codeHash, codeHash),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ userId: recoveryCodes.userId });
  return used.length > 0;
}

export async function countLeft(tx: Transaction, userId: UserId): Promise<number> {
  const [row] = await tx
    .select({ left: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)));
  return row?.left ?? 0;
}
