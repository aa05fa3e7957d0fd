/** The commands as an operator runs them: their own processes, their exit codes, their words. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { verifyPassword } from "../password-hash.ts";
import { onDrivers } from "../testing/on-drivers.ts";
import { scratchDirectory } from "../testing/scratch.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";

const driver = inject("databaseDriver");
let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
let database: TestDatabase | undefined;

beforeAll(async () => {
  scratch = await scratchDirectory();
  if (driver === "postgres") database = await openTestDatabase({ empty: true });
});
afterAll(async () => {
  await database?.close();
  await scratch.remove();
});

interface Run {
  code: number;
  out: string;
  errors: string;
}

async function run(
  command: string,
  args: string[] = [],
  env: Record<string, string> = {},
  input = "",
): Promise<Run> {
  const where = { DATA_DIR: scratch.path, DATABASE_URL: database?.url ?? "", NODE_ENV: "" };
  const child = spawn(process.execPath, [join(import.meta.dirname, `${command}.ts`), ...args], {
    env: { ...process.env, ...where, ...env },
  });
  child.stdin.end(input);
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code, out, errors };
}

// The commands open their own database, by url: Neon's own path would need Neon.
onDrivers(["pglite", "postgres"], () =>
  describe("the database's commands", () => {
    // Each command opens the database anew, which takes the embedded one seconds: few commands to a test.
    test("migrate says what it did, and that nothing was left to do", async () => {
      const first = await run("migrate");
      expect([first.code, first.errors]).toEqual([0, ""]);
      expect(first.out).toMatch(/Migrating the database: 0000_first ….*migrations applied: \d+\./s);
      expect((await run("migrate")).out).toContain("is up to date");
    });

    test("seed makes the demo organisation once; reset asks, then empties", async () => {
      expect((await run("seed")).out).toContain("made the organisation DEMO");
      expect(await run("reset")).toMatchObject({ code: 1, errors: expect.stringContaining("say --yes") });
      expect((await run("seed")).out).toContain("has the demo data already");
    });

    test("reset, confirmed, leaves an empty database that can be seeded", async () => {
      expect((await run("reset", ["--yes"])).out).toContain("is empty");
      expect((await run("seed")).out).toContain("made the organisation DEMO");
    });

    test("add-people makes members once, and says what it can't do", async () => {
      const wanted = ["--user", "load-#", "--people", "3", "--password", "correct horse battery"];
      expect(await run("add-people", wanted)).toMatchObject({
        code: 0,
        out: expect.stringContaining("3 new accounts"),
      });
      expect((await run("add-people", wanted)).out).toContain("0 new accounts");
      expect(await run("add-people", [...wanted, "--org", "NONE"])).toMatchObject({
        code: 1,
        errors: expect.stringContaining("no organisation with the tag NONE"),
      });
      expect(await run("add-people", ["--user", "load"])).toMatchObject({
        code: 1,
        errors: expect.stringContaining("needs a #"),
      });
    });

    test("seed refuses production unless it is forced", async () => {
      const production = { NODE_ENV: "production" };
      expect(await run("seed", [], production)).toMatchObject({
        code: 1,
        errors: expect.stringContaining("--force-demo"),
      });
      expect(await run("seed", ["--force-demo"], production)).toMatchObject({ code: 0 });
    });

    test("say in one line what is wrong, with exit code 1 and no stack trace", async () => {
      const refused = await run("migrate", [], { DATABASE_URL: "postgres://voip:s3cret@127.0.0.1:1/parley" });
      expect(refused.code).toBe(1);
      expect(refused.errors).toMatch(
        /^Could not migrate the database: postgres:\/\/voip:\*{4}@127\.0\.0\.1:1\/parley: nothing listens there.*\n$/,
      );
      expect(await run("reset", ["--bogus"])).toMatchObject({
        code: 1,
        errors: expect.stringContaining("--bogus"),
      });
    });
  }),
);

describe("hash-password", () => {
  test("hashes what comes by standard input and refuses an argument", async () => {
    const { code, out } = await run("hash-password", [], {}, "correct horse battery\n");
    expect(code).toBe(0);
    expect(out).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(out.trim(), "correct horse battery")).toBe(true);
    expect(await run("hash-password", ["secret"])).toMatchObject({ code: 1, out: "" });
    expect(await run("hash-password")).toMatchObject({
      code: 1,
      errors: expect.stringContaining("no password"),
    });
  });
});
