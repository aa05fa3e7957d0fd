/** Rows of SQL that drizzle has no words for. Cast counts to int and times to text in it: drivers differ there. */
import type { SQL } from "drizzle-orm";
import type { Transaction } from "./connection.ts";

export async function rowsOf<T>(tx: Transaction, query: SQL): Promise<T[]> {
  const result = (await tx.execute(query)) as unknown as { rows: T[] };
  return result.rows;
}
