import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockDirectory } from "./directory-lock.ts";

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-lock-"));
  file = join(directory, "parley.lock");
});
afterEach(() => rm(directory, { recursive: true }));

describe("the directory lock", () => {
  test("refuses a second holder and names the first one's pid", async () => {
    await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toThrow(`pid ${process.pid}`);
  });

  test("lets the next one in after release, and release may come twice", async () => {
    const first = await lockDirectory(directory);
    await first.release();
    await first.release();
    expect(existsSync(file)).toBe(false);
    await (await lockDirectory(directory)).release();
  });

  test("is taken over from a process that has ended", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await writeFile(file, `${pid} 1\n`);
    const lock = await lockDirectory(directory);
    expect(await readFile(file, "utf8")).toMatch(new RegExp(`^${process.pid} `));
    await lock.release();
  });

  test.runIf(process.platform === "linux")("is taken over when the pid went to another process", async () => {
    await writeFile(file, `${process.pid} 1\n`);
    await (await lockDirectory(directory)).release();
  });

  test("takes a fresh empty file for a holder that is about to write, and an old one for a crash", async () => {
    await writeFile(file, "");
    await expect(lockDirectory(directory)).rejects.toThrow("in use");
    await utimes(file, new Date(0), new Date(0));
    await (await lockDirectory(directory)).release();
  });

  test("goes to one of many that find the same stale file", async () => {
    await writeFile(file, "999999999 1\n");
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  });
});
