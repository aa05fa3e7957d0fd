/** The outbox of narrowed rights. Written after the audit row, at the end of the change's own transaction. */
import type { OrganizationId } from "@parley/contract/ids";
import { asc, gt, max } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { pruneSome } from "../prune-some.ts";
import { authzChanges } from "../schema/authz-changes.ts";

export type AuthzChange = typeof authzChanges.$inferSelect;
export type AuthzChangeInput = Omit<typeof authzChanges.$inferInsert, "orgId" | "seq">;

export async function append(
  tx: Transaction,
  orgId: OrganizationId,
  changes: readonly AuthzChangeInput[],
): Promise<void> {
  if (changes.length > 0)
    await tx.insert(authzChanges).values(changes.map((change) => ({ ...change, orgId })));
}

/** What came after a number, in its order, of all tenants: use `withSystem`. */
export const listAfter = (tx: Transaction, seq: number, limit: number): Promise<AuthzChange[]> =>
  tx.select().from(authzChanges).where(gt(authzChanges.seq, seq)).orderBy(asc(authzChanges.seq)).limit(limit);

/** Where a reader that starts now begins: 0 for an empty outbox. Use `withSystem`. */
export async function lastSeq(tx: Transaction): Promise<number> {
  const [row] = await tx.select({ seq: max(authzChanges.seq) }).from(authzChanges);
  return row?.seq ?? 0;
}

/** Tokens that a change made void have long run out by then. Use `withSystem`. */
export const prune = (tx: Transaction, before: Date): Promise<number> =>
  pruneSome(tx, authzChanges, authzChanges.at, before);
