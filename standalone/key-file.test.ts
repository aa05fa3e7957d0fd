import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportKeys, generateKeys, rotateKeys } from "@parley/functions/keys";
import { createLogger } from "@parley/functions/logger";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changeKeyFile, openKeyFile } from "./key-file.ts";

const logger = createLogger("silent", { write() {} });
let directory: string;
const path = () => join(directory, "keys.json");

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-keys-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function open() {
  const file = await openKeyFile(directory, logger);
  file.stop();
  return file.keys;
}

/** What the first version wrote: one pair of each kind, and nothing else. */
async function writePairs() {
  const { access, join } = await exportKeys(await generateKeys());
  const pairs = { access: withoutTime(access[0]), join: withoutTime(join[0]) };
  await writeFile(path(), JSON.stringify(pairs, null, 2), { mode: 0o600 });
  return pairs;
}
const withoutTime = ({ activeFrom: _, ...pair }: { activeFrom: string } = { activeFrom: "" }) => pair;

test("keys are made once, for their owner's eyes only, and are the same at the next start", async () => {
  const first = await open();
  expect((await stat(path())).mode & 0o777).toBe(0o600);
  expect(await exportKeys(await open())).toEqual(await exportKeys(first));
});

test("the keys of the first version go on signing, and what is derived from their new secret outlives a restart", async () => {
  const pairs = await writePairs();
  const keys = await open();
  const stored = await exportKeys(keys);
  expect(stored).toMatchObject({ access: [pairs.access], join: [pairs.join] });
  expect(await exportKeys(await open())).toEqual(stored);
  expect((await stat(path())).mode & 0o777).toBe(0o600);
});

test("the keys of the first version can be rotated before a server has seen them", async () => {
  const pairs = await writePairs();
  await changeKeyFile(directory, (keys) => rotateKeys(keys, new Date()));
  const { access, join } = await exportKeys(await open());
  expect([access.length, join.length]).toEqual([2, 2]);
  expect([access[0], join[0]]).toMatchObject([pairs.access, pairs.join]);
});

test("a file that holds no keys is refused with what to do, and stays as it is", async () => {
  for (const text of ["{}", "half a fi", JSON.stringify({ access: { kty: "EC" } })]) {
    await writeFile(path(), text);
    await expect(open()).rejects.toThrow(
      /can't be read as signing keys. Restore it from a backup\. Without one delete it/,
    );
    expect(await readFile(path(), "utf8")).toBe(text);
  }
});
