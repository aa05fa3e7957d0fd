/** Signing keys of a standalone installation: made once, kept in DATA_DIR for its owner's eyes only. */
import { unwatchFile, watchFile } from "node:fs";
import { mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportKeys, generateKeys, importKeys, importPairs, type SigningKeys } from "@parley/functions/keys";
import type { Logger } from "pino";

export interface KeyFile {
  /** One object for as long as the file is open; its rings change when the file does. */
  keys: SigningKeys;
  /** True when there were none before. */
  isNew: boolean;
  stop(): void;
}

/** A rotation waits ten minutes before it signs, so noticing it takes its time. */
const WATCH_MS = 2_000;

export async function openKeyFile(dataDirectory: string, logger: Logger): Promise<KeyFile> {
  const path = pathIn(dataDirectory);
  const known = await read(path);
  const keys = known ?? (await create(path));
  const reload = () =>
    read(path).then(
      (changed) => void (changed && Object.assign(keys, changed)),
      (err) => logger.error({ err }, "the changed keys can't be read; the ones from before stay in use"),
    );
  watchFile(path, { interval: WATCH_MS, persistent: false }, reload);
  return { keys, isNew: !known, stop: () => unwatchFile(path, reload) };
}

/** Puts others in their place; a running server notices by itself. */
export async function changeKeyFile(
  dataDirectory: string,
  change: (keys: SigningKeys) => Promise<SigningKeys>,
): Promise<void> {
  const path = pathIn(dataDirectory);
  const keys = await read(path);
  if (!keys) throw new Error(`There are no keys in ${path} yet: the first start makes them.`);
  await write(path, await change(keys));
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
      `${path} can't be read as signing keys. Restore it from a backup. Without one delete it: then everybody must log in again, and who uses an authenticator app needs a recovery code.`,
      { cause },
    );
  }
}

async function create(path: string): Promise<SigningKeys> {
  const keys = await generateKeys();
  await write(path, keys);
  return keys;
}

/** Whole or not at all, also after a power cut: half a key file, or an empty one, would lock everybody out. */
async function write(path: string, keys: SigningKeys): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  const text = JSON.stringify(await exportKeys(keys), null, 2);
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  // The new name is on the disk once its directory is.
  const directory = await open(join(path, ".."));
  await directory.sync().finally(() => directory.close());
}
