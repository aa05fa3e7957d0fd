/** A query without an index is fast on a developer's ten rows and slow on a million. */
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "../client.ts";
import { withOrg, withSystem } from "../scope.ts";
import { StatementRecorder, undone } from "../testing/explain.ts";
import { queryCatalogue } from "../testing/query-catalogue.ts";
import { makeTenant, type Tenant } from "../testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";

let database: TestDatabase;
let tenant: Tenant;
const recorder = new StatementRecorder();

beforeAll(async () => {
  database = await openTestDatabase(recorder.options);
  tenant = await makeTenant(database);
});
afterAll(() => database.close());

/** Small tables are read whole by choice; with that forbidden, only a missing index leads to it. */
async function scansOf(tx: Transaction, call: (tx: Transaction, tenant: Tenant) => Promise<unknown>) {
  await tx.execute(sql.raw("set local enable_seqscan = off"));
  const explained = await recorder.explain(tx, () => call(tx, tenant));
  expect(explained.length, "statements seen").toBeGreaterThan(0);
  return explained.filter(({ sequentialScans }) => sequentialScans.length > 0);
}

describe.each(Object.entries(queryCatalogue))("queries of %s", (_name, { module, org = {}, system = {} }) => {
  test("are all in the catalogue", () => {
    const exported = Object.entries(module).filter(([, value]) => typeof value === "function");
    const calls = new Set([...Object.keys(org), ...Object.keys(system)]);
    // createEveryone is a part of Organizations.create, which is called.
    expect(
      exported.map(([name]) => name).filter((name) => !calls.has(name) && name !== "createEveryone"),
    ).toEqual([]);
  });

  test.each(Object.entries(org))("%s finds its rows by an index, in its tenant", async (_call, call) => {
    const inTenant = (work: (tx: Transaction) => Promise<never>) => withOrg(database, tenant.orgId, work);
    expect(await undone(inTenant, (tx) => scansOf(tx, call))).toEqual([]);
  });

  test.each(Object.entries(system))("%s finds its rows by an index, across tenants", async (_call, call) => {
    const across = (work: (tx: Transaction) => Promise<never>) => withSystem(database, work);
    expect(await undone(across, (tx) => scansOf(tx, call))).toEqual([]);
  });
});
