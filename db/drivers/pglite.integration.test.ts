import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { openDatabase } from "../client.ts";
import { migrate } from "../migrate.ts";
import { isEmpty, seed } from "../seed.ts";

describe.runIf(inject("databaseDriver") === "pglite")("a database in a directory", () => {
  test("keeps what was written, and is opened by one at a time", async () => {
    const directory = await mkdtemp(join(tmpdir(), "parley-db-"));
    const url = `pglite://${directory}`;
    const first = await openDatabase(url);
    await migrate(first);
    await seed(first, { production: false });
    await expect(openDatabase(url)).rejects.toThrow(`pid ${process.pid}`);
    await first.close();
    await first.close();
    const second = await openDatabase(url);
    expect(await isEmpty(second)).toBe(false);
    await second.close();
    await rm(directory, { recursive: true });
  });
});
