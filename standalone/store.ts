/** The database of a standalone server: embedded in DATA_DIR, or the one that DATABASE_URL names. */
import { mkdir } from "node:fs/promises";
import { type Database, openDatabase } from "@parley/db/client";
import type { Environment } from "./env.ts";

/** Tells the operator what goes on. */
export type Say = (text: string) => void;

export interface Store {
  database: Database;
  /** Fit for the screen. */
  name: string;
  close(): Promise<void>;
}

export async function openStore(env: Environment, say: Say): Promise<Store> {
  const { dataDirectory, databaseUrl, databasePoolMax } = env;
  if (databaseUrl === undefined) {
    say("Opening the database …");
    const database = await openDatabase(`pglite://${dataDirectory}`);
    return { database, name: dataDirectory, close: () => database.close() };
  }
  // The signing keys are there in any case.
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  say("Connecting to the database …");
  const database = await openDatabase(databaseUrl, { poolMax: databasePoolMax });
  return { database, name: database.name, close: () => database.close() };
}
