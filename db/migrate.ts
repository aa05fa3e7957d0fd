/**
 * Brings the schema up to date with the SQL files in `migrations`, in order, each once, all of them or none. It
 * keeps drizzle's own bookkeeping, so that drizzle's tools understand it, and adds what its migrator lacks: a
 * lock (processes that start together take turns), a refusal of databases from the future, and words.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { Database } from "./client.ts";
import type { Connection } from "./connection.ts";
import { isDisconnect, sqlState } from "./failure.ts";

export interface MigrateOptions {
  /** Hears of each migration before it runs. */
  progress?: (text: string) => void;
  /** Stops after so many migrations: for tests of upgrades from earlier versions. */
  count?: number;
}

interface Migration {
  tag: string;
  /** When it was made, in ms since 1970: its order. */
  madeAtMs: number;
  hash: string;
  statements: string[];
}

const FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any two numbers, the same for everybody who migrates a Parley. */
const LOCK = "pg_advisory_xact_lock(7202611, 1)";
const ATTEMPTS_MAX = 5;
const RETRY_BASE_MS = 50;

/** Gives how many migrations ran. Throws an Error for the operator when the database is newer than this code. */
export async function migrate(database: Database, options: MigrateOptions = {}): Promise<number> {
  const migrations = readMigrations().slice(0, options.count);
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.driver.withConnection((connection) =>
        inOneTransaction(connection, migrations, options),
      );
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isPassing(error)) throw error;
      await sleep(RETRY_BASE_MS * 2 ** attempt);
    }
  }
}

/**
 * Roles belong to the whole cluster, so migrations of two databases may meet there, where the lock, which is
 * one database's, doesn't help: "tuple concurrently updated" is an internal error to Postgres.
 */
const isPassing = (error: unknown): boolean => isDisconnect(error) || sqlState(error) === "XX000";

async function inOneTransaction(
  connection: Connection,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<number> {
  await connection.run(`begin; select ${LOCK}`);
  try {
    const applied = await readApplied(connection);
    refuseNewer(applied, migrations);
    const pending = migrations.slice(applied.length);
    for (const migration of pending) await apply(connection, migration, options);
    await connection.run("commit");
    return pending.length;
  } catch (error) {
    await connection.run("rollback").catch(() => {});
    throw error;
  }
}

async function readApplied({ tx, run }: Connection): Promise<{ hash: string; madeAtMs: number }[]> {
  await run(
    `create schema if not exists drizzle;
     create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`,
  );
  const { rows } = (await tx.execute(
    "select hash, created_at::text as made from drizzle.__drizzle_migrations order by created_at",
  )) as { rows: { hash: string; made: string }[] };
  return rows.map((row) => ({ hash: row.hash, madeAtMs: Number(row.made) }));
}

function refuseNewer(
  applied: readonly { hash: string; madeAtMs: number }[],
  known: readonly Migration[],
): void {
  const last = applied.at(-1);
  const newest = known.at(-1);
  if (last && newest && (applied.length > known.length || last.madeAtMs > newest.madeAtMs)) {
    throw new Error(
      `The database is at schema version ${applied.length} (of ${dateOf(last.madeAtMs)}), this Parley knows ${known.length} (${newest.tag}, of ${dateOf(newest.madeAtMs)}). Start a newer Parley, or restore a backup from before the upgrade.`,
    );
  }
  const changed = applied.findIndex(({ hash }, index) => hash !== known[index]?.hash);
  if (changed >= 0) {
    throw new Error(
      `Migration ${known[changed]?.tag} ran on this database with other contents than it has now: it comes from another branch or was edited. Restore a backup, or run the Parley that made this database.`,
    );
  }
}

async function apply({ run }: Connection, migration: Migration, { progress }: MigrateOptions): Promise<void> {
  progress?.(`Migrating the database: ${migration.tag} …`);
  for (const statement of migration.statements) {
    try {
      if (statement.trim() !== "") await run(statement);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Migration ${migration.tag} failed, and nothing of it was kept: ${reason}`, { cause });
    }
  }
  await run(
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('${migration.hash}', ${migration.madeAtMs})`,
  );
}

function readMigrations(): Migration[] {
  const journal: { entries: { tag: string }[] } = JSON.parse(
    readFileSync(`${FOLDER}/meta/_journal.json`, "utf8"),
  );
  return readMigrationFiles({ migrationsFolder: FOLDER }).map((file, index) => ({
    tag: journal.entries[index]?.tag ?? "",
    madeAtMs: file.folderMillis,
    hash: file.hash,
    statements: file.sql,
  }));
}

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
