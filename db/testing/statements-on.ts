/** Runs the statements of a pipeline one by one in a transaction that is there already. */
import { type SQL, sql } from "drizzle-orm";
import type { NamedStatement, TextRow, Transaction } from "../connection.ts";
import { rowsOf } from "../rows.ts";

export const statementsOn =
  (tx: Transaction) =>
  async (statements: readonly NamedStatement[]): Promise<TextRow[][]> => {
    const results: TextRow[][] = [];
    for (const { text, values } of statements) {
      const parts: SQL[] = text
        .split(/\$(\d+)/)
        .map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql`${values[Number(part) - 1]}`));
      const rows = await rowsOf<Record<string, unknown>>(tx, sql.join(parts));
      results.push(
        rows.map((row) => Object.values(row).map((value) => (value === null ? null : String(value)))),
      );
    }
    return results;
  };
