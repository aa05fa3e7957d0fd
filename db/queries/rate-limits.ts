/** Counters of rate limits; rate-limiter-flexible writes them itself. */
import { sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { rowsOf } from "../rows.ts";

const ROWS_MAX = 1_000;

/** Removes some of the counts that start anew anyway, as `pruneSome` does; their times are numbers. */
export async function prune(tx: Transaction, before: Date): Promise<number> {
  const [row] = await rowsOf<{ removed: number }>(
    tx,
    sql`with old as (
          select key from rate_limits where expire < ${before.getTime()}::bigint limit ${ROWS_MAX} for update skip locked
        ), gone as (
          delete from rate_limits where key = any(array(select key from old)) returning 1
        )
        select count(*)::int as removed from gone`,
  );
  return row?.removed ?? 0;
}
