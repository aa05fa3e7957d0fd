/** A constraint that no code is known for reaches callers as a failure of ours. */
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { constraintCodes } from "./constraint-errors.ts";
import { rowsOf } from "./rows.ts";
import { withSystem } from "./scope.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** Broken only by a defect of ours: ids are random, hashes too, and queries avoid the rest by how they insert. */
const OURS = new Set([
  "audit_log_id_unique",
  "authz_changes_seq",
  "bans_one_per_member",
  "invites_code_unique",
  "roles_one_everyone",
  "roles_position_unique",
  "sessions_previous_token",
  "sessions_token",
]);

test("each unique and foreign key has a code for callers, or stands in the list of those that only we can break", async () => {
  const names = await withSystem(database, (tx) =>
    rowsOf<{ name: string }>(
      tx,
      sql`select conname as name from pg_constraint where contype in ('u', 'f') and connamespace = 'public'::regnamespace
          union select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
            where i.indisunique and not i.indisprimary and c.relnamespace = 'public'::regnamespace order by 1`,
    ),
  );
  expect(names.length).toBeGreaterThan(30);
  const unknown = names
    .map((row) => row.name)
    .filter((name) => !(name in constraintCodes) && !OURS.has(name));
  expect(unknown).toEqual([]);
});

test("each constraint that a trigger speaks in the name of has a code", async () => {
  const [source] = await withSystem(database, (tx) =>
    rowsOf<{ text: string }>(
      tx,
      sql`select string_agg(prosrc, ' ') as text from pg_proc where pronamespace = 'public'::regnamespace`,
    ),
  );
  const named = [...(source?.text.matchAll(/(?:CONSTRAINT = '|quota_exceeded\(')(\w+)'/g) ?? [])].map(
    (match) => match[1],
  );
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => name !== undefined && !(name in constraintCodes))).toEqual([]);
});
