/** Opens the database that a url names, behind one type for all drivers. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/pglite";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";

export type Database = PgDatabase<PgQueryResultHKT>;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

export interface DatabaseHandle {
  readonly db: Database;
  /** Rejects when the database doesn't answer. */
  ping(): Promise<void>;
  /** Waits for what runs, then lets go of everything. Closing twice is fine. */
  close(): Promise<void>;
}

const PGLITE = "pglite://";

/**
 * `pglite://memory` lives as long as the process; `pglite://<directory>` keeps its files in
 * `<directory>/postgres` and holds `<directory>/parley.lock` while it is open, because PGlite itself would
 * let two processes write to the same files.
 */
export async function openDatabase(url: string): Promise<DatabaseHandle> {
  if (!url.startsWith(PGLITE)) throw new Error(`No database driver for "${url.split("://")[0]}://…"`);
  const directory = url.slice(PGLITE.length);
  if (directory === "") throw new Error(`"${url}" names no directory; use pglite://memory or pglite://path`);
  return directory === "memory" ? openPglite() : openDirectory(directory);
}

async function openDirectory(directory: string): Promise<DatabaseHandle> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory);
  try {
    return await openPglite(join(directory, "postgres"), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openPglite(path?: string, lock?: DirectoryLock): Promise<DatabaseHandle> {
  const client = await PGlite.create(path === undefined ? {} : { dataDir: path });
  let closing: Promise<void> | undefined;
  return {
    db: drizzle({ client }),
    async ping() {
      await client.query("select 1");
    },
    close() {
      closing ??= client.close().finally(() => lock?.release());
      return closing;
    },
  };
}
