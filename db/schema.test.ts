/** The drizzle schema and the migrations say the same. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const KIT = resolve(import.meta.dirname, "../node_modules/drizzle-kit/bin.cjs");
const drizzleKit = (...args: string[]) =>
  spawnSync(process.execPath, [KIT, ...args], { cwd: import.meta.dirname, encoding: "utf8" });

test("generating a migration finds nothing to change", () => {
  const out = mkdtempSync(join(import.meta.dirname, ".drizzle-"));
  try {
    cpSync(join(import.meta.dirname, "migrations"), out, { recursive: true });
    const before = readdirSync(out);
    const { stdout, stderr } = drizzleKit(
      "generate",
      "--dialect=postgresql",
      "--schema=./schema/*.ts",
      `--out=${out.slice(import.meta.dirname.length + 1)}`,
    );
    expect(`${stdout}${stderr}`).toContain("No schema changes");
    expect(readdirSync(out)).toEqual(before);
  } finally {
    rmSync(out, { recursive: true });
  }
}, 60_000);

test("the migrations' snapshots follow from one another", () => {
  const { stdout, stderr } = drizzleKit("check");
  expect(`${stdout}${stderr}`).toContain("Everything's fine");
}, 60_000);

test("each migration in the journal has its file, and each file stands in the journal", () => {
  const folder = join(import.meta.dirname, "migrations");
  const journal: { entries: { tag: string }[] } = JSON.parse(
    readFileSync(join(folder, "meta/_journal.json"), "utf8"),
  );
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  expect(files.toSorted()).toEqual(journal.entries.map(({ tag }) => `${tag}.sql`).toSorted());
});
