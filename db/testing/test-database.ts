/** A migrated, empty database for a test file, on the driver of the project that the file runs in. */
import { readFile } from "node:fs/promises";
import { inject } from "vitest";
import { type Database, type OpenOptions, openDatabase } from "../client.ts";
import { TEMPLATE, type TestSource } from "./global-setup.ts";

export interface TestDatabase extends Database {
  /** Under which another process finds it; undefined for the embedded one, which lives in this process. */
  url: string | undefined;
  /** Opens the same database once more, as another process would; the embedded one can't. */
  reopen(options?: OpenOptions): Promise<Database>;
}

const INSUFFICIENT_PRIVILEGE = "42501";

let made = 0;

/** Closing it drops it. `empty` leaves out the migrations. */
export async function openTestDatabase(
  options: OpenOptions & { empty?: boolean } = {},
): Promise<TestDatabase> {
  const source = inject("databaseSource");
  return source.driver === "pglite" ? openImage(source.image, options) : openCopy(source, options);
}

async function openImage(
  path: string,
  { empty, ...options }: OpenOptions & { empty?: boolean },
): Promise<TestDatabase> {
  const image = empty ? {} : { image: new Blob([await readFile(path)]) };
  const database = await openDatabase("pglite://memory", { ...options, ...image });
  const reopen = async () => {
    throw new Error("the embedded database lives in one process");
  };
  return { ...database, url: undefined, reopen };
}

async function openCopy(
  source: Exclude<TestSource, { driver: "pglite" }>,
  { empty, ...options }: OpenOptions & { empty?: boolean },
): Promise<TestDatabase> {
  const proxy = source.webSocketProxy === undefined ? {} : { webSocketProxy: source.webSocketProxy };
  const name = `parley_test_${process.pid}_${++made}`;
  const admin = await openDatabase(source.url, { poolMax: 1 });
  const run = (sql: string) => admin.driver.withConnection((connection) => connection.run(sql));
  await run(`create database ${name}${empty ? "" : ` template ${TEMPLATE}`}`);
  const url = Object.assign(new URL(source.url), { pathname: `/${name}` }).href;
  const reopen = (more: OpenOptions = {}) => openDatabase(url, { ...proxy, ...more });
  const database = await reopen(options);
  let closing: Promise<void> | undefined;

  /** Whoever is still connected is cut off. Only a superuser may do that to autovacuum; a plain DROP ends it by itself. */
  async function drop(): Promise<void> {
    await run(`drop database ${name} with (force)`).catch((error) => {
      if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error;
      return run(`drop database ${name}`);
    });
  }

  async function close(): Promise<void> {
    await database.close();
    await drop();
    await admin.close();
  }
  return {
    ...database,
    url,
    reopen,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
