/** Signing keys of a standalone installation: made once, kept in DATA_DIR for its owner's eyes only. */
import { unwatchFile, watchFile } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  exportKeys,
  generateKeys,
  importKeys,
  importPairs,
  rotateKeys,
  type SigningKeys,
} from "@parley/functions/keys";
import type { Logger } from "pino";

export interface KeyFile {
  /** One object for as long as the file is open; its rings change when the file does. */
  keys: SigningKeys;
  stop(): void;
}

/** A rotation waits ten minutes before it signs, so noticing it takes its time. */
const WATCH_MS = 2_000;

export async function openKeyFile(dataDirectory: string, logger: Logger): Promise<KeyFile> {
  const path = pathIn(dataDirectory);
  const keys = (await read(path)) ?? (await create(path));
  const reload = () =>
    read(path).then(
      (changed) => void (changed && Object.assign(keys, changed)),
      (err) => logger.error({ err }, "the changed keys can't be read; the ones from before stay in use"),
    );
  watchFile(path, { interval: WATCH_MS, persistent: false }, reload);
  return { keys, stop: () => unwatchFile(path, reload) };
}

/** Publishes the next keys; a running server notices by itself, and signs with them ten minutes later. */
export async function rotateKeyFile(dataDirectory: string, now: Date): Promise<void> {
  const path = pathIn(dataDirectory);
  const keys = await read(path);
  if (!keys) throw new Error(`There are no keys in ${path} yet: the first start makes them.`);
  await write(path, await rotateKeys(keys, now));
}

const pathIn = (dataDirectory: string): string => join(dataDirectory, "keys.json");

async function read(path: string): Promise<SigningKeys | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const stored: unknown = JSON.parse(text);
    // Of an earlier version: nobody loses their data by an upgrade.
    const upgraded = await importPairs(stored);
    if (upgraded) await write(path, upgraded);
    return upgraded ?? (await importKeys(stored));
  } catch (cause) {
    throw new Error(
      `${path} can't be read as signing keys. Restore it from a backup, or delete it: everybody must log in again then.`,
      { cause },
    );
  }
}

async function create(path: string): Promise<SigningKeys> {
  const keys = await generateKeys();
  await write(path, keys);
  return keys;
}

/** Whole or not at all: half a key file would lock everybody out after a crash. */
async function write(path: string, keys: SigningKeys): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, JSON.stringify(await exportKeys(keys), null, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
