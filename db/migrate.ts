/** Brings the schema up to date with the SQL files in `migrations`, in order, each once. */
import { fileURLToPath } from "node:url";
import type { PgliteDatabase } from "drizzle-orm/pglite";
import { migrate as migrateWithDrizzle } from "drizzle-orm/pglite/migrator";
import type { Database } from "./client.ts";

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));

export async function migrate(db: Database): Promise<void> {
  // Drizzle has the same migrator under each driver's name; this one's type alone is for PGlite.
  await migrateWithDrizzle(db as unknown as PgliteDatabase, { migrationsFolder });
}
