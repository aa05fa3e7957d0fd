/** Opens the database that a url names, behind one type for all drivers. */
import type { Logger } from "drizzle-orm";
import type { Driver, Transaction } from "./connection.ts";
import { openNeon } from "./drivers/neon.ts";
import type { TcpAddress } from "./drivers/tcp-web-socket.ts";
import { sqlState } from "./failure.ts";
import { explainOpenFailure, MayNotCreate } from "./open-failure.ts";

export type { Transaction };

export interface Database {
  readonly driver: Driver;
  /** The url without its password: fit for logs. */
  readonly name: string;
  /** Rejects when the database doesn't answer. */
  ping(): Promise<void>;
  /** Waits for what runs, then lets go of everything. Closing twice is fine. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Connections at once; 20 unless said otherwise, and always 1 for the embedded database. */
  poolMax?: number;
  /** Hears of each statement that drizzle sends. */
  logger?: Logger;
  /** What an embedded database starts from: a tar of its files. For tests, which start many. */
  image?: Blob;
  /** Host and path of a WebSocket proxy, instead of Neon's own. For tests. */
  webSocketProxy?: string;
}

const POOL_MAX_DEFAULT = 20;
/** PostgreSQL 15, as `server_version_num` has it. */
const SERVER_VERSION_MIN = 150_000;
const EMBEDDED = "pglite://";

/**
 * - `pglite://memory`: embedded, gone with the process; `pglite://<directory>`: embedded, kept there.
 * - `postgres://user:password@host:port/name?sslmode=…`: any Postgres from 15 on, over TCP. A database that
 *   doesn't exist is created where the user may.
 * - the same with a host of neon.tech: over Neon's WebSocket.
 *
 * Throws an Error whose message is fit for an operator: what failed, and what to do.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  if (url.startsWith(EMBEDDED)) {
    const directory = url.slice(EMBEDDED.length);
    if (directory === "")
      throw new Error(`"${url}" names no directory; use pglite://memory or pglite://path`);
    const { image, logger } = options;
    const inMemory = directory === "memory";
    // Loaded only where it is used: functions in the cloud come without it.
    const { openPglite } = await import("./drivers/pglite.ts");
    return databaseOf(await openPglite({ directory: inMemory ? undefined : directory, image, logger }), url);
  }
  const parsed = parsePostgresUrl(url);
  try {
    return await openServer(parsed, options);
  } catch (error) {
    throw explainOpenFailure(error, parsed, sanitizeUrl(url));
  }
}

/** A url that may be shown: its password is replaced; one in which it can't be told apart isn't shown at all. */
export function sanitizeUrl(url: string): string {
  if (url.startsWith(EMBEDDED)) return url;
  if (!/^[a-z]+:\/\//i.test(url) || !URL.canParse(url)) return "a database url that can't be read";
  const parsed = new URL(url);
  if (parsed.password !== "") parsed.password = "****";
  for (const key of [...parsed.searchParams.keys()])
    if (key.toLowerCase() === "password") parsed.searchParams.set(key, "****");
  return parsed.href;
}

function parsePostgresUrl(url: string): URL {
  const scheme = url.includes("://") ? url.slice(0, url.indexOf("://")) : undefined;
  if (scheme !== "postgres" && scheme !== "postgresql") {
    throw new Error(
      `No database driver for ${scheme === undefined ? sanitizeUrl(url) : `"${scheme}://…"`}. Use postgres://user:password@host:5432/name, or pglite://directory.`,
    );
  }
  // The parser's own message would repeat the url, password and all.
  if (!URL.canParse(url) || !isDecodable(new URL(url).pathname))
    throw new Error("The database url can't be read. Percent-encode special characters in it.");
  const parsed = new URL(url);
  if (parsed.hostname === "" || parsed.pathname.length < 2)
    throw new Error(`The database url ${sanitizeUrl(url)} lacks a host or the name of a database.`);
  return parsed;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

async function openServer(url: URL, options: OpenOptions): Promise<Database> {
  try {
    return await connectTo(url, options);
  } catch (error) {
    // invalid_catalog_name: there is no such database yet.
    if (sqlState(error) !== "3D000") throw error;
  }
  await createDatabase(url, options);
  return connectTo(url, options);
}

async function connectTo(url: URL, options: OpenOptions): Promise<Database> {
  const driver = openDriver(url, options);
  try {
    await checkVersion(driver);
    return databaseOf(driver, sanitizeUrl(url.href));
  } catch (error) {
    await driver.close();
    throw error;
  }
}

function openDriver(url: URL, options: OpenOptions): Driver {
  const { poolMax = POOL_MAX_DEFAULT, webSocketProxy, logger } = options;
  const shared = { poolMax, ...(logger ? { logger } : {}) };
  if (webSocketProxy !== undefined) return openNeon(url.href, { ...shared, webSocketProxy });
  if (url.hostname.endsWith(".neon.tech")) return openNeon(url.href, shared);
  return openNeon(url.href, { ...shared, tcp: tcpAddressOf(url) });
}

function tcpAddressOf(url: URL): TcpAddress {
  const sslMode = url.searchParams.get("sslmode") ?? "prefer";
  if (sslMode !== "disable" && sslMode !== "prefer" && sslMode !== "require" && sslMode !== "verify-full")
    throw new Error(`sslmode=${sslMode} is not known here; use disable, prefer, require or verify-full.`);
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 5432), sslMode };
}

async function checkVersion(driver: Driver): Promise<void> {
  await driver.withConnection(async ({ tx }) => {
    const { rows } = (await tx.execute("show server_version_num")) as {
      rows: { server_version_num: string }[];
    };
    const version = Number(rows[0]?.server_version_num);
    if (version < SERVER_VERSION_MIN)
      throw new Error(`The server is PostgreSQL ${Math.floor(version / 10_000)}; Parley needs 15 or later.`);
  });
}

/** Several processes may find it missing at the same time: the slower ones are content. */
async function createDatabase(url: URL, options: OpenOptions): Promise<void> {
  const name = decodeURIComponent(url.pathname.slice(1));
  const maintenance = new URL(url);
  maintenance.pathname = "/postgres";
  const driver = openDriver(maintenance, { ...options, poolMax: 1 });
  try {
    await driver.withConnection(({ run }) => run(`create database "${name.replaceAll('"', '""')}"`));
  } catch (error) {
    // duplicate_database, or the unique index of the catalogue where two were equally fast.
    const state = sqlState(error) ?? "";
    if (["42P04", "23505"].includes(state)) return;
    throw state === "42501" ? new MayNotCreate(error) : error;
  } finally {
    await driver.close();
  }
}

function databaseOf(driver: Driver, name: string): Database {
  let closing: Promise<void> | undefined;
  return {
    driver,
    name,
    async ping() {
      await driver.withConnection(({ run }) => run("select 1"));
    },
    close() {
      closing ??= driver.close();
      return closing;
    },
  };
}
