import { sql } from "drizzle-orm";
import { afterEach, describe, expect, test } from "vitest";
import type { Database } from "./client.ts";
import { newOrganizationId, newUserId } from "./ids.ts";
import { migrate } from "./migrate.ts";
import * as AuditLog from "./queries/audit-log.ts";
import * as Channels from "./queries/channels.ts";
import * as Organizations from "./queries/organizations.ts";
import { rowsOf } from "./rows.ts";
import { channels } from "./schema/channels.ts";
import { withOrg, withSystem } from "./scope.ts";
import { onDrivers } from "./testing/on-drivers.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

const open: TestDatabase[] = [];
async function emptyDatabase(): Promise<TestDatabase> {
  const database = await openTestDatabase({ empty: true });
  open.push(database);
  return database;
}
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
});

const run = (database: Database, statements: string) =>
  database.driver.withConnection((connection) => connection.run(statements));
const applied = (database: Database) =>
  database.driver.withConnection(({ tx }) =>
    rowsOf<{ n: number }>(tx, sql`select count(*)::int as n from drizzle.__drizzle_migrations`),
  );

describe("migrating", () => {
  test("ten times at once succeeds ten times and applies each migration once", async () => {
    const database = await emptyDatabase();
    // Ten processes, each with a pool of its own, where the database can have more than one.
    const others: Database[] = [];
    for (let n = 1; n < 10 && database.url !== undefined; n++)
      others.push(await database.reopen({ poolMax: 1 }));
    const all10 = database.url === undefined ? Array<Database>(10).fill(database) : [database, ...others];
    const counts = await Promise.all(all10.map((each) => migrate(each)));
    for (const other of others) await other.close();
    const all = Math.max(...counts);
    expect(counts.toSorted((x, y) => y - x)).toEqual([all, ...Array(9).fill(0)]);
    expect(await applied(database)).toEqual([{ n: all }]);
    expect(await migrate(database)).toBe(0);
  });

  test("tells of each migration as it runs", async () => {
    const said: string[] = [];
    await migrate(await emptyDatabase(), { progress: (text) => void said.push(text) });
    expect(said[0]).toBe("Migrating the database: 0000_first …");
  });

  test("refuses a database that is newer than the code and says which versions they are", async () => {
    const database = await emptyDatabase();
    const known = await migrate(database);
    await run(
      database,
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 4102444800000)",
    );
    await expect(migrate(database)).rejects.toThrow(
      new RegExp(
        `at schema version ${known + 1} \\(of 2100-01-01\\), this Parley knows ${known} .*newer Parley`,
      ),
    );
  });

  test("refuses a database whose migrations had other contents", async () => {
    const database = await emptyDatabase();
    await migrate(database);
    await run(database, "update drizzle.__drizzle_migrations set hash = 'other' where id = 2");
    await expect(migrate(database)).rejects.toThrow(
      "0001_data_layer ran on this database with other contents",
    );
  });

  test("that fails half-way keeps nothing, and passes once the cause is gone", async () => {
    const database = await emptyDatabase();
    // In the way of the last migration, after the first ones have run.
    await run(
      database,
      "create function audit_chain_break(chain uuid) returns bigint language sql as 'select 1::bigint'",
    );
    await expect(migrate(database)).rejects.toThrow(
      /0002_walls_and_triggers failed, and nothing of it was kept/,
    );
    expect(
      await database.driver.withConnection(({ tx }) => rowsOf(tx, sql`select to_regclass('users') as t`)),
    ).toEqual([{ t: null }]);
    await run(database, "drop function audit_chain_break(uuid)");
    expect(await migrate(database)).toBeGreaterThan(0);
  });

  onDrivers(["postgres", "neon"], () => {
    test("whose connection is cut runs again from the start", async () => {
      const database = await emptyDatabase();
      const admin = await database.reopen({ poolMax: 1 });
      let cut = false;
      const count = await migrate(database, {
        progress: (text) => {
          if (cut || !text.includes("0001")) return;
          cut = true;
          void run(
            admin,
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()",
          );
        },
      });
      expect([cut, count > 0]).toEqual([true, true]);
      await admin.close();
    });
  });
});

describe("a database of the first version", () => {
  test("keeps its people, roles and channels, and counts them", async () => {
    const database = await emptyDatabase();
    await migrate(database, { count: 1 });
    const id = (n: number) => `'01900000-0000-7000-8000-00000000000${n}'`;
    await run(
      database,
      `insert into users (id, username, username_key, password_hash) values (${id(1)}, 'Zoë', 'zoë', 'x');
       insert into organizations (id, tag, name, owner_id) values (${id(2)}, 'OLD', 'Old', ${id(1)});
       insert into memberships (org_id, user_id) values (${id(2)}, ${id(1)});
       insert into roles (org_id, id, name, position, permissions, is_everyone) values (${id(2)}, ${id(3)}, 'everyone', 0, 31, true);
       insert into channels (org_id, id, name) values (${id(2)}, ${id(4)}, 'Lobby');
       insert into channels (org_id, id, name, parent_id) values (${id(2)}, ${id(5)}, 'Alpha', ${id(4)})`,
    );
    await migrate(database);
    const old = await withSystem(database, (tx) => Organizations.findByTag(tx, "OLD"));
    if (!old) throw new Error("the organisation is gone");
    await withOrg(database, old.id, async (tx) => {
      expect(await Organizations.find(tx, old.id)).toMatchObject({
        memberCount: 1,
        channelCount: 2,
        roleCount: 1,
      });
      expect((await tx.select().from(channels).orderBy(channels.id)).map(({ nameKey }) => nameKey)).toEqual([
        "lobby",
        "alpha",
      ]);
      await AuditLog.append(tx, old.id, { at: new Date(), action: "upgrade" });
      expect(await AuditLog.verify(tx, old.id)).toEqual({ length: 1, brokenAt: null, next: null });
    });
  });
});

describe("a database whose transfers name the heir in rows about the organisation", () => {
  test("forgets those whose account is gone, the others with their account, and keeps its chain", async () => {
    const database = await emptyDatabase();
    await migrate(database, { count: 5 });
    const [orgId, owner, heir, gone] = [newOrganizationId(), newUserId(), newUserId(), newUserId()];
    await run(
      database,
      `insert into users (id, username, username_key, password_hash) values ('${owner}', 'zoe', 'zoe', 'x'), ('${heir}', 'yan', 'yan', 'x')`,
    );
    await withSystem(database, async (tx) => {
      for (const userId of [heir, gone])
        await AuditLog.append(tx, orgId, {
          at: new Date(),
          actorId: owner,
          action: "organization.transfer",
          target: { type: "organization", id: orgId },
          after: { ownerId: userId },
          personal: { actorName: "zoe", targetName: "a canary" },
        });
    });
    const named = () =>
      withSystem(database, async (tx) =>
        (await AuditLog.list(tx, orgId, {}, { limit: 9 })).map(({ personal }) => personal !== null),
      );
    expect(await named()).toEqual([true, true]);
    await migrate(database);
    expect(await named()).toEqual([false, true]);
    await withSystem(database, async (tx) => {
      expect(await AuditLog.listConcerning(tx, heir, 9)).toMatchObject([{ after: { ownerId: heir } }]);
      await AuditLog.forgetPerson(tx, heir);
      expect(await AuditLog.verify(tx, orgId)).toEqual({ length: 2, brokenAt: null, next: null });
    });
    expect(await named()).toEqual([false, false]);
  });
});

onDrivers(["pglite"], () =>
  // The embedded Postgres is an 18, where, unlike in 15, making a role doesn't mean that one may take it.
  describe("a user who is no superuser, on a later Postgres", () => {
    test("migrates an old database, counts what is in it, and may take both roles", async () => {
      const database = await emptyDatabase();
      await migrate(database, { count: 1 });
      const id = (n: number) => `'01900000-0000-7000-8000-00000000000${n}'`;
      await run(
        database,
        `create role owner_of_old login createrole; grant create on database postgres to owner_of_old;
         do $$ declare t text; begin
           for t in select tablename from pg_tables where schemaname = 'public' loop execute format('alter table %I owner to owner_of_old', t); end loop;
         end $$;
         alter schema public owner to owner_of_old; alter schema drizzle owner to owner_of_old;
         alter table drizzle.__drizzle_migrations owner to owner_of_old;
         insert into users (id, username, username_key, password_hash) values (${id(1)}, 'zoe', 'zoe', 'x');
         insert into organizations (id, tag, name, owner_id) values (${id(2)}, 'OLD', 'Old', ${id(1)});
         insert into memberships (org_id, user_id) values (${id(2)}, ${id(1)});
         set session authorization owner_of_old`,
      );
      await migrate(database);
      const old = await withSystem(database, (tx) => Organizations.findByTag(tx, "OLD"));
      if (!old) throw new Error("the organisation is gone");
      const now = new Date();
      await withOrg(database, old.id, (tx) =>
        Channels.create(tx, old.id, { name: "New", parentId: null, now }),
      );
      const counted = await withOrg(database, old.id, (tx) => Organizations.find(tx, old.id));
      expect(counted).toMatchObject({ memberCount: 1, channelCount: 1 });
      await run(database, "reset session authorization");
    });
  }),
);
