import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { lockDirectory } from "./directory-lock.ts";
import { statusOf } from "./process-status.ts";

const HELD_BYTES = 100e6;
/** On a busy machine. */
const PATIENT = { timeout: 20_000, interval: 10 };

const residentBytesOf = async (pid: number) =>
  1_024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
const lineOf = (pid: number) => `${pid} ${statusOf(pid)?.startTime}\n`;

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

  describe.runIf(process.platform === "linux")("doesn't bar whoever starts again at once", () => {
    test("after a process that was killed and is still giving back its memory", async () => {
      const holder = spawn("dd", ["if=/dev/zero", "of=/dev/null", `bs=${HELD_BYTES}`], { stdio: "ignore" });
      onTestFinished(() => void holder.kill("SIGKILL"));
      const pid = holder.pid as number;
      await expect.poll(() => residentBytesOf(pid), PATIENT).toBeGreaterThan(HELD_BYTES / 2);
      await writeFile(file, lineOf(pid));
      holder.kill("SIGKILL");
      await (await lockDirectory(directory)).release();
    });

    test("after a process whose parent never asked how it ended", async () => {
      // What the shell has started belongs to what the shell has become, which doesn't wait for it.
      const script = "sleep 0.1 & echo $!; exec sleep 60";
      const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
      onTestFinished(() => void parent.kill("SIGKILL"));
      const [told] = await once(parent.stdout, "data");
      const pid = Number(`${told}`);
      await expect.poll(() => statusOf(pid)?.hasEnded, PATIENT).toBe(true);
      await writeFile(file, lineOf(pid));
      await (await lockDirectory(directory)).release();
    });
  });

  test("takes a fresh empty file for a holder that is about to write", async () => {
    await writeFile(file, "");
    const taking = lockDirectory(directory);
    await writeFile(file, lineOf(process.pid));
    await expect(taking).rejects.toThrow(`pid ${process.pid}`);
  });

  test("takes an old empty file for a crash", async () => {
    await writeFile(file, "");
    await utimes(file, new Date(0), new Date(0));
    await (await lockDirectory(directory)).release();
  });

  test("goes to one of many that find the same stale file", async () => {
    await writeFile(file, "999999999 1\n");
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  });
});
