/** Postgres in WASM, inside this process: one session, lent to one transaction after the other. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import type { Driver, Transaction } from "../connection.ts";
import { lockDirectory } from "../directory-lock.ts";

/**
 * Without a directory the database lives as long as the process. With one, its files are in
 * `<directory>/postgres`, and `<directory>/parley.lock` is held while it is open, because PGlite itself would
 * let two processes write to the same files. `image` is a tar of the files to start from.
 */
export async function openPglite(directory?: string, image?: Blob): Promise<Driver> {
  const loadDataDir = image === undefined ? {} : { loadDataDir: image };
  if (directory === undefined) return driverOf(await PGlite.create(loadDataDir));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory);
  try {
    const client = await PGlite.create({ ...loadDataDir, dataDir: join(directory, "postgres") });
    return driverOf(client, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Exported for those who made the client themselves. */
export function driverOf(client: PGlite, release: () => Promise<void> = async () => {}): Driver {
  const connection = {
    tx: drizzle({ client }) as Transaction,
    run: async (statements: string) => {
      const results: { command?: string }[] = await client.exec(statements);
      return results.at(-1)?.command ?? "";
    },
  };
  /** The end of whoever came last: each waits for the one before. */
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };
  return {
    name: "pglite",
    withConnection: (work) => inTurn(() => work(connection)),
    close: () => inTurn(() => client.close()).finally(release),
  };
}
