/** Single-use tokens that were mailed. All of it runs in `withSystem`. */
import type { UserId } from "@parley/contract/ids";
import { and, eq, gt, isNull } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { pruneSome } from "../prune-some.ts";
import { emailTokens } from "../schema/email-tokens.ts";

export type EmailToken = typeof emailTokens.$inferSelect;
type Purpose = EmailToken["purpose"];

/** A new token of a purpose voids the person's earlier ones. */
export async function create(
  tx: Transaction,
  input: { tokenHash: Uint8Array; userId: UserId; purpose: Purpose; email: string; expiresAt: Date },
): Promise<void> {
  await tx
    .delete(emailTokens)
    .where(and(eq(emailTokens.userId, input.userId), eq(emailTokens.purpose, input.purpose)));
  await tx.insert(emailTokens).values(input);
}

/** Uses a token up; undefined when it is unknown, expired, used or of another purpose. One of two racers gets it. */
export async function consume(
  tx: Transaction,
  input: { tokenHash: Uint8Array; purpose: Purpose; now: Date },
): Promise<EmailToken | undefined> {
  const [token] = await tx.update(emailTokens).set({ usedAt: input.now }).where(isUsable(input)).returning();
  return token;
}

/** A token that could be used up now. */
export async function find(
  tx: Transaction,
  input: { tokenHash: Uint8Array; purpose: Purpose; now: Date },
): Promise<EmailToken | undefined> {
  const [token] = await tx.select().from(emailTokens).where(isUsable(input));
  return token;
}

/** The address that waits for its proof. */
export async function findPending(
  tx: Transaction,
  userId: UserId,
  now: Date,
): Promise<EmailToken | undefined> {
  const [token] = await tx
    .select()
    .from(emailTokens)
    .where(
      and(
        eq(emailTokens.userId, userId),
        eq(emailTokens.purpose, "verify"),
        isNull(emailTokens.usedAt),
        gt(emailTokens.expiresAt, now),
      ),
    );
  return token;
}

/** For example after the password was changed: links that are under way count no more. */
export async function removeOfUser(tx: Transaction, userId: UserId, purpose: Purpose): Promise<void> {
  await tx.delete(emailTokens).where(and(eq(emailTokens.userId, userId), eq(emailTokens.purpose, purpose)));
}

export const prune = (tx: Transaction, before: Date): Promise<number> =>
  pruneSome(tx, emailTokens, emailTokens.expiresAt, before);

const isUsable = (input: { tokenHash: Uint8Array; purpose: Purpose; now: Date }) =>
  and(
    eq(emailTokens.tokenHash, input.tokenHash),
    eq(emailTokens.purpose, input.purpose),
    isNull(emailTokens.usedAt),
    gt(emailTokens.expiresAt, input.now),
  );
