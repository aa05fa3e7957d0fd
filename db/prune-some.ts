/** Deletes old rows by the thousand: one statement for all of a backlog would run into the statement timeout. */
import { type Column, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Transaction } from "./client.ts";
import { rowsOf } from "./rows.ts";

const ROWS_MAX = 1_000;

/** Removes at most a thousand rows whose `time` is before `before`; gives how many. Ask again until it is 0. */
export async function pruneSome(
  tx: Transaction,
  table: PgTable,
  time: Column,
  before: Date,
): Promise<number> {
  const [row] = await rowsOf<{ removed: number }>(
    tx,
    sql`with old as (
          select ctid from ${table} where ${time} < ${before.toISOString()}::timestamptz limit ${ROWS_MAX} for update skip locked
        ), gone as (
          delete from ${table} where ctid = any(array(select ctid from old)) returning 1
        )
        select count(*)::int as removed from gone`,
  );
  return row?.removed ?? 0;
}
