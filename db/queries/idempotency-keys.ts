/** Answers kept for requests that are sent again. All of it runs in `withSystem`. */
import { AppError } from "@parley/contract/errors";
import type { UserId } from "@parley/contract/ids";
import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { pruneSome } from "../prune-some.ts";
import { idempotencyKeys } from "../schema/idempotency-keys.ts";

export interface KeptAnswer {
  status: number;
  response: unknown;
}

/** One request's hold on a key. */
export interface Claim {
  userId: UserId;
  key: string;
  claimedAt: Date;
}

/** Whoever has not answered by then has died: the next request with the key takes it over. */
const WORK_MS_MAX = 60_000;

/**
 * Takes the key for a request: undefined means that it is yours to answer; else what was answered. Throws
 * `idempotency_key_reused` for another request, `idempotency_in_progress` while the first is at work.
 */
export async function claim(
  tx: Transaction,
  input: { userId: UserId; key: string; requestHash: Uint8Array; now: Date; expiresAt: Date },
): Promise<KeptAnswer | undefined> {
  const { userId, key, requestHash, expiresAt, now } = input;
  const same = and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key));
  const abandoned = new Date(now.getTime() - WORK_MS_MAX);
  await tx
    .delete(idempotencyKeys)
    .where(
      and(
        same,
        or(
          lt(idempotencyKeys.expiresAt, now),
          and(isNull(idempotencyKeys.status), lt(idempotencyKeys.claimedAt, abandoned)),
        ),
      ),
    );
  const taken = await tx
    .insert(idempotencyKeys)
    .values({ userId, key, requestHash, expiresAt, claimedAt: now })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key });
  if (taken.length > 0) return undefined;
  const [kept] = await tx.select().from(idempotencyKeys).where(same);
  if (!kept) throw new AppError("idempotency_in_progress");
  if (!Buffer.from(kept.requestHash).equals(requestHash)) throw new AppError("idempotency_key_reused");
  if (kept.status === null) throw new AppError("idempotency_in_progress");
  return { status: kept.status, response: kept.response };
}

/** Keeps the answer, if the key is still this claim's; `claimedAt` is the claim's `now`. */
export async function answer(tx: Transaction, claim: Claim, kept: KeptAnswer): Promise<void> {
  await tx.update(idempotencyKeys).set({ status: kept.status, response: kept.response }).where(isOf(claim));
}

/** After a failure the same key may be tried again. */
export async function release(tx: Transaction, claim: Claim): Promise<void> {
  await tx.delete(idempotencyKeys).where(isOf(claim));
}

const isOf = ({ userId, key, claimedAt }: Claim) =>
  and(
    eq(idempotencyKeys.userId, userId),
    eq(idempotencyKeys.key, key),
    eq(idempotencyKeys.claimedAt, claimedAt),
  );

export const prune = (tx: Transaction, before: Date): Promise<number> =>
  pruneSome(tx, idempotencyKeys, idempotencyKeys.expiresAt, before);
