/** The chain shows every hand that was laid on it, and the outbox misses no row. */
import type { UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { withOrg, withSystem } from "../scope.ts";
import { makeTenant, makeUser, type Tenant } from "../testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import * as AuditLog from "./audit-log.ts";
import * as AuthzChanges from "./authz-changes.ts";

let database: TestDatabase;
let tenant: Tenant;

beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  tenant = await makeTenant(database);
});
afterAll(() => database.close());

const event = (n: number, actorId = tenant.ownerId) => ({
  at: new Date(1_700_000_000_000 + n),
  actorId,
  action: "channel.update",
  target: { type: "channel", id: tenant.channelId },
  before: { topic: `é ${n}`, limit: 0.5 },
  after: null,
  requestId: `r${n}`,
  personal: { ip: "192.0.2.7", actorName: "zoë" },
});
const append = (n: number) =>
  withOrg(database, tenant.orgId, (tx) => AuditLog.append(tx, tenant.orgId, event(n)));
const verify = () => withOrg(database, tenant.orgId, (tx) => AuditLog.verify(tx, tenant.orgId));

/** As somebody with the database's own password would: past roles and triggers. */
async function tamper(statement: string): Promise<void> {
  await database.driver.withConnection(({ run }) =>
    run(`begin;
      alter table audit_log disable trigger all; alter table audit_log no force row level security;
      ${statement};
      alter table audit_log force row level security; alter table audit_log enable trigger all; commit`),
  );
}

describe("the chain", () => {
  test("of 40 writers at once is whole and numbered without a gap", async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => append(n)));
    expect(await verify()).toMatchObject({ length: 40, brokenAt: null });
    const rows = await withOrg(database, tenant.orgId, (tx) =>
      AuditLog.list(tx, tenant.orgId, {}, { limit: 100 }),
    );
    expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 40 }, (_, n) => 40 - n));
    expect(rows[0]).toMatchObject({ action: "channel.update", personal: { ip: "192.0.2.7" }, after: null });
  });

  test("has no link for a change that was rolled back", async () => {
    await append(1);
    const failing = withOrg(database, tenant.orgId, async (tx) => {
      await AuditLog.append(tx, tenant.orgId, event(2));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await append(3);
    expect(await verify()).toMatchObject({ length: 2, brokenAt: null });
  });

  test.each([
    ["another action", "update audit_log set action = 'other' where chain_id = 'ORG' and seq = 3", 3],
    [
      "another time",
      "update audit_log set at = at + interval '1 microsecond' where chain_id = 'ORG' and seq = 2",
      2,
    ],
    ["other details", `update audit_log set before = '{"limit": 0.5}' where chain_id = 'ORG' and seq = 4`, 4],
    [
      "another name",
      `update audit_log set personal = '{"actorName": "bob"}' where chain_id = 'ORG' and seq = 2`,
      2,
    ],
    [
      "a hash made to fit",
      "update audit_log a set action = 'x', hash = audit_row_hash(a) where chain_id = 'ORG' and seq = 3",
      3,
    ],
    ["a row taken out", "delete from audit_log where chain_id = 'ORG' and seq = 3", 4],
    ["the last row taken off", "delete from audit_log where chain_id = 'ORG' and seq = 5", 5],
    ["the first row taken off", "delete from audit_log where chain_id = 'ORG' and seq = 1", 2],
    ["nothing at all", "select 1", null],
  ])("shows %s", async (_what, statement, brokenAt) => {
    for (let n = 1; n <= 5; n++) await append(n);
    await tamper(statement.replaceAll("ORG", tenant.orgId));
    expect((await verify()).brokenAt).toBe(brokenAt);
  });

  test("stays whole when a person is forgotten, and then names them no more", async () => {
    for (let n = 1; n <= 3; n++) await append(n);
    await withSystem(database, (tx) => AuditLog.forgetPerson(tx, tenant.ownerId));
    expect(await verify()).toMatchObject({ length: 3, brokenAt: null });
    const rows = await withOrg(database, tenant.orgId, (tx) =>
      AuditLog.list(tx, tenant.orgId, {}, { limit: 9 }),
    );
    expect(rows.map((row) => [row.personal, row.personalSalt])).toEqual(Array(3).fill([null, null]));
  });

  test("of an account is its own, and no organisation's", async () => {
    const userId: UserId = await makeUser(database);
    await withSystem(database, (tx) =>
      AuditLog.appendOfAccount(tx, userId, { ...event(1, userId), action: "account.login" }),
    );
    expect(await withSystem(database, (tx) => AuditLog.verify(tx, userId))).toEqual({
      length: 1,
      brokenAt: null,
      next: null,
    });
    expect(await withSystem(database, (tx) => AuditLog.listConcerning(tx, userId, 10))).toHaveLength(1);
    expect(
      await withOrg(database, tenant.orgId, (tx) => AuditLog.list(tx, tenant.orgId, {}, { limit: 9 })),
    ).toEqual([]);
  });
});

describe("the outbox", () => {
  test("read while 60 write shows every row, once, in order", async () => {
    const start = await withSystem(database, (tx) => AuthzChanges.lastSeq(tx));
    const seen: { seq: number; version: number | null }[] = [];
    let writing = true;
    const reader = (async () => {
      for (let last = false; !last; ) {
        last = !writing;
        const after = seen.at(-1)?.seq ?? start;
        const rows = await withSystem(database, (tx) => AuthzChanges.listAfter(tx, after, 7));
        seen.push(...rows.map((row) => ({ seq: row.seq, version: row.permissionVersion })));
        if (rows.length > 0) last = false;
      }
    })();
    const write = (n: number) =>
      withOrg(database, tenant.orgId, async (tx) => {
        // Some take their number early and commit late.
        const change = {
          kind: "kicked" as const,
          userId: tenant.memberId,
          permissionVersion: n,
          at: new Date(),
        };
        if (n % 2 === 0) await AuthzChanges.append(tx, tenant.orgId, [change]);
        await tx.execute(sql`select pg_sleep(${(n % 5) / 500})`);
        if (n % 2 === 1) await AuthzChanges.append(tx, tenant.orgId, [change]);
      });
    await Promise.all(Array.from({ length: 60 }, (_, n) => write(n)));
    writing = false;
    await reader;
    expect(seen.map((row) => row.version).toSorted((x, y) => Number(x) - Number(y))).toEqual(
      Array.from({ length: 60 }, (_, n) => n),
    );
    expect(seen.map((row) => row.seq)).toEqual(seen.map((row) => row.seq).toSorted((x, y) => x - y));
  });
});
