import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readTlsPair, type TlsPair, watchTlsPair } from "./tls-files.ts";

let root: string;
let watcher: { close(): void } | undefined;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-tls-"));
});
afterEach(async () => {
  watcher?.close();
  await rm(root, { recursive: true });
});

/** Writes a new pair into a directory. */
async function install(directory: string): Promise<void> {
  const made = await generate([{ name: "commonName", value: "test" }], { keyType: "ec", curve: "P-256" });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "key.pem"), made.private);
  await writeFile(join(directory, "cert.pem"), made.cert);
}

async function watch(directory: string, rereadMs: number) {
  const paths = { certFile: join(directory, "cert.pem"), keyFile: join(directory, "key.pem") };
  const current = await readTlsPair(paths);
  const changes: TlsPair[] = [];
  const errors: unknown[] = [];
  watcher = watchTlsPair(
    paths,
    current,
    (pair) => changes.push(pair),
    (error) => errors.push(error),
    rereadMs,
  );
  return { current, changes, errors };
}

it("a pair behind a link is noticed when the link's target changes, of which no event tells", async () => {
  const [target, linked] = [join(root, "target"), join(root, "linked")];
  await install(target);
  await mkdir(linked);
  for (const file of ["cert.pem", "key.pem"]) await symlink(join(target, file), join(linked, file));
  const { current, changes } = await watch(linked, 100);
  await install(target);
  await expect.poll(() => changes.length).toBeGreaterThan(0);
  expect(changes.at(-1)?.cert).not.toBe(current.cert);
});

it("a pair in a directory that was replaced as a whole is noticed", async () => {
  const directory = join(root, "tls");
  await install(directory);
  const { changes } = await watch(directory, 100);
  await install(join(root, "next"));
  await rename(directory, join(root, "old"));
  await rename(join(root, "next"), directory);
  await expect.poll(() => changes.length).toBe(1);
});

it("a certificate that comes before its key is no reason to complain", async () => {
  const directory = join(root, "tls");
  await install(directory);
  const { changes, errors } = await watch(directory, 50);
  const made = await generate([{ name: "commonName", value: "test" }], { keyType: "ec", curve: "P-256" });
  await writeFile(join(directory, "cert.pem"), made.cert);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await writeFile(join(directory, "key.pem"), made.private);
  await expect.poll(() => changes.length).toBe(1);
  expect(errors).toEqual([]);
});
