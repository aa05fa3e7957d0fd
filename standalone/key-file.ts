/** Signing keys of a standalone installation: made once, kept in DATA_DIR for its owner's eyes only. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportKeys, generateKeys, importKeys, type SigningKeys } from "@parley/functions/keys";

export async function loadKeys(dataDirectory: string): Promise<SigningKeys> {
  const path = join(dataDirectory, "keys.json");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text !== undefined) return importStored(path, text);
  const keys = await generateKeys();
  // Written whole or not at all: half a key file would lock everybody out after a crash.
  await writeFile(`${path}.new`, JSON.stringify(await exportKeys(keys), null, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return keys;
}

async function importStored(path: string, text: string): Promise<SigningKeys> {
  try {
    return await importKeys(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `${path} can't be read as signing keys. Restore it from a backup, or delete it: everybody must log in again then.`,
      { cause },
    );
  }
}
