/** What the server removes by itself. */
import { openDatabase } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import { startHousekeeping } from "@parley/standalone/housekeeping";
import { pino } from "pino";
import { expect, test } from "vitest";

test("once it has stopped, housekeeping asks the database for nothing more", async () => {
  let queries = 0;
  const logger = { logQuery: () => void queries++ };
  const database = await openDatabase("pglite://memory", { logger });
  await migrate(database);
  const before = queries;
  await startHousekeeping(database, pino({ level: "silent" })).stop();
  const asked = queries;
  expect(asked).toBeGreaterThan(before);
  // Waits for what runs.
  await database.close();
  expect(queries).toBe(asked);
});
