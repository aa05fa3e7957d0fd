/** Each row of each table as text: what must not be anywhere, or must not change. */
import type { Database } from "@parley/db/client";
import { withSystem } from "@parley/db/scope";

export function wholeDatabase(database: Database): Promise<string> {
  return withSystem(database, async (tx) => {
    const rows = async (sql: string) =>
      ((await tx.execute(sql)) as unknown as { rows: { text: string }[] }).rows.map(({ text }) => text);
    const tables = await rows(
      "select tablename as text from pg_tables where schemaname = 'public' order by 1",
    );
    const parts = [];
    for (const table of tables) {
      parts.push(`-- ${table}`, ...(await rows(`select t::text as text from "${table}" t order by 1`)));
    }
    return parts.join("\n");
  });
}
