/** What the server removes by itself. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import { startHousekeeping } from "@parley/standalone/housekeeping";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";

const silent = pino({ level: "silent" });
let outbox: string;
beforeEach(() => {
  outbox = mkdtempSync(join(tmpdir(), "parley-outbox-"));
});
afterEach(() => rmSync(outbox, { recursive: true, force: true }));

test("once it has stopped, housekeeping asks the database for nothing more", async () => {
  let queries = 0;
  const logger = { logQuery: () => void queries++ };
  const database = await openDatabase("pglite://memory", { logger });
  await migrate(database);
  const before = queries;
  await startHousekeeping({ database, outbox, logger: silent }).stop();
  const asked = queries;
  expect(asked).toBeGreaterThan(before);
  // Waits for what runs.
  await database.close();
  expect(queries).toBe(asked);
});

test("mails in files go two days after they were written, and nothing else that lies there", async () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const ages: Record<string, number> = { "new.eml": 0, "day-old.eml": 25, "old.eml": 49, "old.txt": 49 };
  for (const [name, hours] of Object.entries(ages)) {
    writeFileSync(join(outbox, name), "To: dora@example.com");
    utimesSync(join(outbox, name), hoursAgo(hours), hoursAgo(hours));
  }
  mkdirSync(join(outbox, "older.eml"));
  utimesSync(join(outbox, "older.eml"), hoursAgo(50), hoursAgo(50));
  const database = await openDatabase("pglite://memory");
  // Not migrated, so that nothing can be removed there: the mails go nevertheless.
  await startHousekeeping({ database, outbox, logger: silent }).stop();
  expect(readdirSync(outbox).sort()).toEqual(["day-old.eml", "new.eml", "old.txt", "older.eml"]);
  rmSync(outbox, { recursive: true });
  const said: unknown[] = [];
  const logger = pino({}, { write: (line) => void said.push(line) });
  await migrate(database);
  await startHousekeeping({ database, outbox, logger }).stop();
  expect(said).toEqual([]);
  await database.close();
});
