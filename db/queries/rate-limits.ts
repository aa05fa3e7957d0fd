/** Counters of rate limits; rate-limiter-flexible writes them itself. */
import { lt } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { rateLimits } from "../schema/rate-limits.ts";

/** Counts that start anew anyway. Use `withSystem`. */
export async function prune(tx: Transaction, before: Date): Promise<number> {
  const gone = await tx
    .delete(rateLimits)
    .where(lt(rateLimits.expire, before.getTime()))
    .returning({ key: rateLimits.key });
  return gone.length;
}
