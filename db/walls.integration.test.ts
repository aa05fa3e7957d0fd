/** Two walls between tenants, each proven to hold without the other. */
import type { OrganizationId } from "@parley/contract/ids";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "./client.ts";
import { sqlState } from "./failure.ts";
import { newChannelId } from "./ids.ts";
import * as AuditLog from "./queries/audit-log.ts";
import { defineReading, read } from "./reading.ts";
import { rowsOf } from "./rows.ts";
import { channels } from "./schema/channels.ts";
import { organizations } from "./schema/organizations.ts";
import { readAcross, readOrg, withOrg, withSystem } from "./scope.ts";
import { Undo } from "./testing/explain.ts";
import { makeTenant, type Tenant } from "./testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { transaction } from "./transaction.ts";

let database: TestDatabase;
let a: Tenant;
let b: Tenant;

beforeAll(async () => {
  // One connection: whatever a transaction leaves behind, the next one meets.
  database = await openTestDatabase({ poolMax: 1 });
  a = await makeTenant(database);
  b = await makeTenant(database);
});
afterAll(() => database.close());

const stateOf = (work: Promise<unknown>) =>
  work.then(
    () => "passed",
    (error) => sqlState(error) ?? String(error),
  );

const TENANT_TABLES = [
  "audit_log",
  "authz_changes",
  "bans",
  "channel_acl",
  "channels",
  "invites",
  "memberships",
  "organizations",
  "roles",
  "user_roles",
  "voice_rooms",
];

describe("the catalogue", () => {
  const catalogue = <T>(query: string) => withSystem(database, (tx) => rowsOf<T>(tx, sql.raw(query)));

  test("knows no table of tenants beyond those listed here", async () => {
    const rows = await catalogue<{ name: string }>(
      `select table_name as name from information_schema.columns
       where table_schema = 'public' and column_name = 'org_id' union select 'organizations' order by 1`,
    );
    expect(rows.map((row) => row.name)).toEqual(TENANT_TABLES);
  });

  test.each(TENANT_TABLES)("%s has row security, forced, and the two policies", async (table) => {
    const [flags] = await catalogue<object>(
      `select relrowsecurity as enabled, relforcerowsecurity as forced from pg_class where oid = '${table}'::regclass`,
    );
    expect(flags).toEqual({ enabled: true, forced: true });
    const policies = await catalogue<{ name: string; roles: string; rule: string; check: string }>(
      `select policyname as name, roles::text, qual as rule, with_check as check from pg_policies
       where tablename = '${table}' order by 1`,
    );
    const column = table === "organizations" ? "id" : "org_id";
    const rule = `(${column} = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)`;
    expect(policies).toEqual([
      { name: "across_tenants", roles: "{parley_system}", rule: "true", check: "true" },
      { name: "tenant", roles: "{parley_app}", rule, check: rule },
    ]);
  });

  /** The log's chain and the organisation's own row begin with the tenant under another name. */
  const OTHER_KEYS: Record<string, string> = { audit_log: "chain_id", organizations: "id" };

  test.each(TENANT_TABLES)("%s has a key that begins with the tenant", async (table) => {
    const [key] = await catalogue<{ first: string }>(
      `select a.attname as first from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
       where c.conrelid = '${table}'::regclass and c.contype = 'p'`,
    );
    expect(key?.first).toBe(OTHER_KEYS[table] ?? "org_id");
  });

  test("each foreign key between tables of tenants carries the tenant", async () => {
    const loose = await catalogue<{ name: string }>(
      `select conname as name from pg_constraint c
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
       where c.contype = 'f' and c.conrelid::regclass::text = any('{${TENANT_TABLES.join(",")}}')
         and c.confrelid::regclass::text = any('{${TENANT_TABLES.join(",")}}')
       group by c.oid, conname having not bool_or(a.attname = 'org_id' or (a.attname = 'id' and conname = 'organizations_owner'))`,
    );
    expect(loose).toEqual([]);
  });

  test("neither role can log in, bypass row security or own a table", async () => {
    const roles = await catalogue<object>(
      `select rolname as name, rolcanlogin or rolbypassrls or rolsuper as strong,
         exists (select from pg_class where relowner = r.oid) as owner
       from pg_roles r where rolname in ('parley_app', 'parley_system') order by 1`,
    );
    expect(roles).toEqual([
      { name: "parley_app", strong: false, owner: false },
      { name: "parley_system", strong: false, owner: false },
    ]);
  });
});

describe("row security", () => {
  const tenantsSeen = async (tx: Transaction) => {
    const found = new Set<string>();
    for (const table of TENANT_TABLES) {
      const column = table === "organizations" ? "id" : "org_id";
      for (const { org } of await rowsOf<{ org: string }>(
        tx,
        sql.raw(`select ${column}::text as org from ${table}`),
      ))
        found.add(org);
    }
    return [...found];
  };

  test("shows a tenant's transaction its own rows, where a query forgets to ask for them, too", async () => {
    for (const { orgId } of [a, b]) expect(await withOrg(database, orgId, tenantsSeen)).toEqual([orgId]);
  });

  test("shows nothing where no tenant is named", async () => {
    const nameless = (preamble: string) =>
      transaction(database.driver, `set local role parley_app${preamble}`, tenantsSeen);
    expect(await nameless("")).toEqual([]);
    expect(await nameless("; select set_config('app.org_id', '', true)")).toEqual([]);
  });

  test("1,000 transactions of two tenants, in turns on one connection, never meet", async () => {
    const tags = defineReading("walls_tags", { tag: organizations.tag }, (select) =>
      select.from(organizations),
    )({});
    let turn = 0;
    const sees = async ({ orgId, tag }: Tenant) => {
      // The two ways in, mixed.
      const seen =
        turn++ % 3 === 0
          ? (await readOrg(database, orgId, tags))[0]
          : await withOrg(database, orgId, (tx) => tx.select().from(organizations));
      return seen.length === 1 && seen[0]?.tag === tag;
    };
    const results: boolean[] = [];
    // Twenty wait for the connection at any time: each takes over what the one before it left.
    const lane = async (tenant: Tenant) => {
      for (let n = 0; n < 50; n++) results.push(await sees(tenant));
    };
    await Promise.all(Array.from({ length: 20 }, (_, n) => lane(n % 2 === 0 ? a : b)));
    expect(results).toHaveLength(1000);
    expect(results.filter((own) => !own)).toEqual([]);
  });

  test("shows a reading its own tenant's rows, where it forgets to ask for them, too", async () => {
    const everything = defineReading("walls_everything", { orgId: channels.orgId }, (select) =>
      select.from(channels),
    )({});
    for (const { orgId } of [a, b, a]) {
      const [rows] = await readOrg(database, orgId, everything);
      expect(new Set(rows.map((row) => row.orgId))).toEqual(new Set([orgId]));
    }
  });

  test("a reading's rights and tenant end with it, also where it fails", async () => {
    const rights = defineReading(
      "walls_rights",
      {
        role: { sql: sql`current_user`, read: String },
        tenant: { sql: sql`coalesce(current_setting('app.org_id', true), '')`, read: String },
        timeout: { sql: sql`current_setting('statement_timeout')`, read: String },
      },
      (select) => select.from(sql`(values (1)) one`),
    )({});
    const failing = defineReading("walls_failing", { no: { sql: sql`1 / 0`, read: Number } }, (select) =>
      select.from(sql`(values (1)) one`),
    )({});
    const [[before]] = await readAcross(database, rights);
    expect(before).toMatchObject({ tenant: "" });
    const inside = [{ role: "parley_app", tenant: a.orgId, timeout: "5s" }];
    expect(await readOrg(database, a.orgId, rights)).toEqual([inside]);
    expect(await readAcross(database, rights)).toEqual([[before]]);
    // division_by_zero; and whatever was sent with it can be sent again.
    for (let n = 0; n < 2; n++) {
      expect(await stateOf(readOrg(database, a.orgId, rights, failing, rights))).toBe("22012");
      expect(await readAcross(database, rights)).toEqual([[before]]);
    }
    expect(await readOrg(database, a.orgId, rights, rights)).toEqual([inside, inside]);
  });

  test("a reading inside a transaction is part of it", async () => {
    const all = defineReading("walls_own_channels", { id: channels.id }, (select) => select.from(channels))(
      {},
    );
    await withOrg(database, a.orgId, async (tx) => {
      const [before] = await read(tx, all);
      await tx.update(channels).set({ topic: "seen" });
      await tx.delete(channels).where(sql`parent_id is not null`);
      const [after] = await read(tx, all);
      expect(after.length).toBeLessThan(before.length);
      throw new Undo();
    }).catch((error) => expect(error).toBeInstanceOf(Undo));
  });

  test("changes no row of another tenant, and adds none to it", async () => {
    const before = await withOrg(database, b.orgId, (tx) => tx.select().from(channels));
    await withOrg(database, a.orgId, async (tx) => {
      await tx.update(channels).set({ topic: "was here" });
      await tx.delete(channels).where(eq(channels.orgId, b.orgId));
    });
    expect(await withOrg(database, b.orgId, (tx) => tx.select().from(channels))).toEqual(before);
    const stray = {
      ...(before[0] as (typeof before)[0]),
      id: newChannelId(),
      parentId: null,
      nameKey: "stray",
    };
    // insufficient_privilege: the new row violates the policy.
    expect(await stateOf(withOrg(database, a.orgId, (tx) => tx.insert(channels).values(stray)))).toBe(
      "42501",
    );
  });

  test("shows of all accounts those that are or were members", async () => {
    const seen = await withOrg(database, a.orgId, (tx) =>
      rowsOf<{ id: string }>(tx, sql`select id from users`),
    );
    expect(new Set(seen.map((row) => row.id))).toEqual(new Set([a.ownerId, a.memberId]));
  });

  test("keeps password hashes, tokens and mails out of a tenant's reach", async () => {
    const columns = [
      "password_hash from users",
      "email from users",
      "id from sessions",
      "* from email_tokens",
      "* from idempotency_keys",
    ];
    for (const column of columns) {
      const look = withOrg(database, a.orgId, (tx) => tx.execute(`select ${column}`));
      expect([column, await stateOf(look)]).toEqual([column, "42501"]);
    }
  });

  test("refuses a tenant's id that is none before it becomes part of a statement", async () => {
    const injected = `${a.orgId}', true); reset role; --` as OrganizationId;
    expect(() => withOrg(database, injected, async () => {})).toThrow(/did not match|must match|input/);
    await expect(readOrg(database, injected)).rejects.toThrow(/did not match|must match|input/);
  });
});

describe("keys alone, with row security out of the way", () => {
  test("don't let a row point into another tenant", async () => {
    const point = (work: (tx: Transaction) => Promise<unknown>) => stateOf(withSystem(database, work));
    const at = `'${a.orgId}', gen_random_uuid()`;
    const strays = [
      `insert into channels (org_id, id, parent_id, name, name_key) values (${at}, '${b.channelId}', 'x', 'x')`,
      `insert into user_roles (org_id, user_id, role_id) values ('${a.orgId}', '${a.memberId}', '${b.roleId}')`,
      `insert into channel_acl (org_id, id, channel_id, role_id, allow, deny, applies_to) values (${at}, '${b.channelId}', '${a.roleId}', 0, 0, 'here')`,
      `insert into channel_acl (org_id, id, channel_id, role_id, allow, deny, applies_to) values (${at}, '${a.channelId}', '${b.roleId}', 0, 0, 'here')`,
      `insert into bans (org_id, id, user_id, banned_by, created_at) values (${at}, '${b.memberId}', '${a.ownerId}', now())`,
      `insert into invites (org_id, id, code_hash, created_by, role_id, created_at, expires_at) values (${at}, 'x', '${a.ownerId}', '${b.roleId}', now(), now())`,
      `insert into voice_rooms (org_id, channel_id, node_id, boot_epoch, fence, renewed_at) values ('${a.orgId}', '${b.channelId}', 'n', 1, 1, now())`,
      `update organizations set owner_id = '${b.ownerId}' where id = '${a.orgId}'`,
    ];
    for (const statement of strays) {
      const refused = await point((tx) => tx.execute(statement));
      expect([statement, /^(23503|23514)$/.test(refused) || refused.includes("nothing here")]).toEqual([
        statement,
        true,
      ]);
    }
  });
});

describe("the audit log", () => {
  test("takes rows and lets nobody change, remove or renumber them", async () => {
    await withOrg(database, a.orgId, (tx) =>
      AuditLog.append(tx, a.orgId, { at: new Date(), action: "test", personal: { ip: "192.0.2.1" } }),
    );
    const attempts = [
      "update audit_log set action = 'other'",
      "update audit_log set personal = '{}'",
      "delete from audit_log",
      "truncate audit_log",
      "update audit_chains set seq = 0",
    ];
    for (const attempt of attempts) {
      for (const preamble of [
        "set local role parley_system",
        `set local role parley_app; select set_config('app.org_id', '${a.orgId}', true)`,
      ]) {
        const state = await stateOf(transaction(database.driver, preamble, (tx) => tx.execute(attempt)));
        expect([attempt, state]).toEqual([attempt, "42501"]);
      }
    }
    // Not even the owner of the tables, who is under no role.
    const asOwner = transaction(database.driver, "select 1", (tx) => tx.execute("truncate audit_log"));
    expect(await stateOf(asOwner)).toBe("42501");
  });
});
