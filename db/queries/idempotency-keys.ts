/** Answers kept for requests that are sent again. All of it runs in `withSystem`. */
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import { and, eq, lt } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { idempotencyKeys } from "../schema/idempotency-keys.ts";

export interface KeptAnswer {
  status: number;
  response: unknown;
}

interface Key {
  userId: UserId;
  key: string;
  requestHash: Uint8Array;
}

/**
 * Takes the key for a request: undefined means that it is new and yours to answer; else what was answered.
 * Throws `idempotency_key_reused` for another request, `idempotency_in_progress` while the first is at work.
 */
export async function claim(
  tx: Transaction,
  input: Key & { now: Date; expiresAt: Date },
): Promise<KeptAnswer | undefined> {
  const { userId, key, requestHash, expiresAt } = input;
  const same = and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key));
  await tx.delete(idempotencyKeys).where(and(same, lt(idempotencyKeys.expiresAt, input.now)));
  const taken = await tx
    .insert(idempotencyKeys)
    .values({ userId, key, requestHash, expiresAt })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key });
  if (taken.length > 0) return undefined;
  const [kept] = await tx.select().from(idempotencyKeys).where(same);
  if (!kept) throw new AppError("idempotency_in_progress");
  if (!Buffer.from(kept.requestHash).equals(requestHash)) throw new AppError("idempotency_key_reused");
  if (kept.status === null) throw new AppError("idempotency_in_progress");
  return { status: kept.status, response: kept.response };
}

export async function answer(
  tx: Transaction,
  { userId, key }: Omit<Key, "requestHash">,
  kept: KeptAnswer,
): Promise<void> {
  await tx
    .update(idempotencyKeys)
    .set({ status: kept.status, response: kept.response })
    .where(and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key)));
}

/** After a failure the same key may be tried again. */
export async function release(tx: Transaction, { userId, key }: Omit<Key, "requestHash">): Promise<void> {
  await tx
    .delete(idempotencyKeys)
    .where(and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key)));
}

export async function prune(tx: Transaction, before: Date): Promise<number> {
  const gone = await tx
    .delete(idempotencyKeys)
    .where(lt(idempotencyKeys.expiresAt, before))
    .returning({ key: idempotencyKeys.key });
  return gone.length;
}
