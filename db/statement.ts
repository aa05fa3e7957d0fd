/** One statement with its parameters, as libraries bring their own. */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { rowsOf } from "./rows.ts";

/** Atomic by itself. `text` has $1, $2 … where the values go. */
export async function executeAlone(
  database: Database,
  text: string,
  values: readonly unknown[],
): Promise<{ rows: object[]; rowCount: number }> {
  const parts: SQL[] = text
    .split(/\$(\d+)/)
    .map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql`${values[Number(part) - 1]}`));
  const rows = await database.driver.withConnection(({ tx }) => rowsOf<object>(tx, sql.join(parts)));
  return { rows, rowCount: rows.length };
}
