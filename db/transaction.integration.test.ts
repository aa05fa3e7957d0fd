import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@parley/contract/errors";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Transaction } from "./client.ts";
import type { Connection, Driver, NamedStatement } from "./connection.ts";
import * as Memberships from "./queries/memberships.ts";
import * as Users from "./queries/users.ts";
import { defineReading, isTrue } from "./reading.ts";
import { rowsOf } from "./rows.ts";
import { users } from "./schema/users.ts";
import { pipelineOfSystem, readAcross, readAcrossAndOrg, readOrg, withSystem } from "./scope.ts";
import { onDrivers } from "./testing/on-drivers.ts";
import { makeTenant, makeUser } from "./testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { transaction } from "./transaction.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase({ poolMax: 4 });
});
afterAll(() => database.close());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "passed",
    (error) => (error instanceof AppError ? error.code : String(error)),
  );
const count = () => withSystem(database, async (tx) => (await tx.select().from(users)).length);
const create = (tx: Transaction, username: string) =>
  Users.create(tx, { username, passwordHash: "x", now: new Date() });

describe("a transaction", () => {
  test("that throws leaves nothing behind, and its connection is fit for the next", async () => {
    const before = await count();
    const failing = withSystem(database, async (tx) => {
      await create(tx, "gone");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await count()).toBe(before);
  });

  test("in which a failed statement was ignored is never taken for a success", async () => {
    const swallowed = withSystem(database, async (tx) => {
      await create(tx, "swallowed");
      await tx.execute("select 1 / 0").catch(() => {});
      return "fine";
    });
    await expect(swallowed).rejects.toThrow("swallowed");
    expect(await withSystem(database, (tx) => Users.findByUsername(tx, "swallowed"))).toBeUndefined();
  });

  test("inside another one is a defect that shows, not a wait without end", async () => {
    const nested = withSystem(database, () => withSystem(database, async () => "never"));
    await expect(nested).rejects.toThrow("a transaction inside a transaction");
  });

  test("that breaks a constraint tells what the caller did wrong", async () => {
    const id = await makeUser(database, "taken");
    const other = await makeUser(database, "other");
    expect(await codeOf(withSystem(database, (tx) => Users.update(tx, other, { username: "TAKEN" })))).toBe(
      "name_taken",
    );
    await withSystem(database, (tx) => Users.update(tx, id, { email: "Zoe@example.org" }));
    const same = withSystem(database, (tx) => Users.update(tx, other, { email: "zoe@EXAMPLE.org" }));
    expect(await codeOf(same)).toBe("email_taken");
  });

  test("whose statement takes too long ends as unavailable", async () => {
    const slow = transaction(database.driver, "set local statement_timeout = 50", (tx) =>
      tx.execute("select pg_sleep(0.5)"),
    );
    // The embedded database has no clock to interrupt itself with.
    expect(await codeOf(slow)).toBe(inject("databaseDriver") === "pglite" ? "passed" : "unavailable");
  });
});

describe("a pipeline", () => {
  const insert = (username: string): NamedStatement => ({
    name: "test_insert",
    text: "insert into users (id, username, username_key, password_hash, created_at) values ($1::uuid, $2::text, $2::text, 'x', now())",
    values: [randomUUID(), username],
  });
  const find = (username: string) => withSystem(database, (tx) => Users.findByUsername(tx, username));

  test("gives each call's rows as text, and parses a statement once however often it is called", async () => {
    const call = (n: number): NamedStatement => ({
      name: "test_rows",
      text: "select n::int, null, 'é' || n from generate_series(1, $1::int) as n",
      values: [n],
    });
    const none = { name: "test_none", text: "select 1 where false", values: [] };
    for (let time = 0; time < 2; time++) {
      expect(await pipelineOfSystem(database, [call(2), none, call(1)])).toEqual([
        [
          ["1", null, "é1"],
          ["2", null, "é2"],
        ],
        [],
        [["1", null, "é1"]],
      ]);
    }
  });

  test("is one transaction: where one call fails, none has been", async () => {
    await makeUser(database, "pipelined");
    const failing = pipelineOfSystem(database, [insert("before"), insert("pipelined"), insert("after")]);
    expect(await codeOf(failing)).toBe("name_taken");
    expect([await find("before"), await find("after")]).toEqual([undefined, undefined]);
    // Whatever connection that was, the statement is fit for the next.
    await Promise.all(Array.from({ length: 8 }, (_, n) => pipelineOfSystem(database, [insert(`next${n}`)])));
    expect(await find("next7")).toBeDefined();
  });

  test("runs as the system's role with a limit to each statement, and leaves neither behind", async () => {
    const who = "select current_user::text, current_setting('statement_timeout')";
    const own = (connection: Connection) => rowsOf<object>(connection.tx, sql.raw(who));
    const before = await database.driver.withConnection(own);
    const [rows] = await pipelineOfSystem(database, [{ name: "test_who", text: who, values: [] }]);
    expect(rows).toEqual([["parley_system", "5s"]]);
    for (let n = 0; n < 8; n++) expect(await database.driver.withConnection(own)).toEqual(before);
    expect(JSON.stringify(before)).not.toContain("parley_system");
  });

  test("of readings runs likewise, as a tenant's role where it reads of one", async () => {
    const { orgId } = await makeTenant(database);
    const who = defineReading(
      "transaction_who",
      {
        role: { sql: sql`current_user::text`, read: String },
        limit: { sql: sql`current_setting('statement_timeout')`, read: String },
      },
      (select) => select.from(sql`(values (1)) one`),
    )({});
    const [system, tenant] = ["parley_system", "parley_app"].map((role) => [{ role, limit: "5s" }]);
    expect(await readAcross(database, who, who)).toEqual([system, system]);
    expect(await readAcrossAndOrg(database, who, orgId, who, who)).toEqual([system, [tenant, tenant]]);
    expect(await readOrg(database, orgId, who)).toEqual([tenant]);
  });

  test("that calls two statements the same says so, and its connection is fit for the next", async () => {
    const called = (name: string, text: string): NamedStatement => ({ name, text, values: [] });
    const first = [called("test_same", "select 1")];
    const clash = [called("test_other", "select 2"), called("test_same", "select 3")];
    const own = <T>(work: (connection: Connection) => Promise<T>) => database.driver.withConnection(work);
    // On one connection, since each has its own names, and each way that there is to its turn.
    const outcomes = own(async ({ pipeline }) => {
      await pipeline(first);
      const refused = () => pipeline(clash).catch((error) => String(error));
      const behindAnother = await Promise.all([pipeline(first), refused(), pipeline(first)]);
      const clashInOne = [called("test_twice", "select 4"), called("test_twice", "select 5")];
      return [
        ...behindAnother,
        await refused(),
        await pipeline(clashInOne).catch(String),
        await pipeline(first),
      ];
    });
    expect(await outcomes).toEqual([
      [[["1"]]],
      expect.stringContaining("two statements are called test_same"),
      [[["1"]]],
      expect.stringContaining("two statements are called test_same"),
      expect.stringContaining("two statements are called test_twice"),
      [[["1"]]],
    ]);
  });

  test("whose answer is lost is not run twice", async () => {
    let runs = 0;
    const losing: Driver = {
      ...database.driver,
      withConnection: (work) =>
        database.driver.withConnection((connection) =>
          work({
            ...connection,
            async pipeline(calls) {
              runs++;
              await connection.pipeline(calls);
              throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
            },
          }),
        ),
    };
    expect(await codeOf(pipelineOfSystem({ ...database, driver: losing }, [insert("lost")]))).toBe(
      "unavailable",
    );
    expect(runs).toBe(1);
    expect(await find("lost")).toBeDefined();
  });
});

onDrivers(["postgres", "neon"], () =>
  describe("on a server", () => {
    const backend = defineReading(
      "transaction_backend",
      { pid: { sql: sql`pg_backend_pid()`, read: Number } },
      (select) => select.from(sql`(values (1)) one`),
    )({});
    // Only who logged in may end the connection, not the role that is taken.
    const asLoggedIn = sql`set_config('role', 'none', true) is not null`;
    const cutting = defineReading(
      "transaction_cut",
      {
        cut: {
          sql: sql`case when ${asLoggedIn} then pg_terminate_backend(pg_backend_pid()) end`,
          read: isTrue,
        },
      },
      (select) =>
        select.from(sql`(values (1)) one`).where(sql`pg_backend_pid() = ${sql.placeholder("pid")}::int`),
    );
    /** Ends the connection on this backend, and none that comes after it. */
    const cut = (pid: number | undefined) => cutting({ pid: String(pid) });

    test("two pipelines that deadlock both succeed", async () => {
      const [first, second] = [await makeUser(database, "this"), await makeUser(database, "that")];
      const lock = (id: string): NamedStatement => ({
        name: "test_lock",
        text: "select id from users where id = $1::uuid for update",
        values: [id],
      });
      const wait = { name: "test_wait", text: "select pg_sleep(0.3)", values: [] };
      const both = await Promise.all([
        pipelineOfSystem(database, [lock(first), wait, lock(second)]),
        pipelineOfSystem(database, [lock(second), wait, lock(first)]),
      ]);
      expect(both.map(([a, , b]) => [a?.length, b?.length])).toEqual([
        [1, 1],
        [1, 1],
      ]);
    });

    test("two that deadlock both succeed: the loser runs again", async () => {
      const [first, second] = [await makeUser(database, "first"), await makeUser(database, "second")];
      let runs = 0;
      let arrived = 0;
      let open: () => void = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const both = [
        [first, second],
        [second, first],
      ].map(([one, two]) =>
        withSystem(database, async (tx) => {
          runs++;
          await tx.execute(sql`select id from users where id = ${one} for update`);
          if (++arrived === 2) open();
          await gate;
          await tx.execute(sql`select id from users where id = ${two} for update`);
        }),
      );
      await Promise.all(both);
      expect(runs).toBe(3);
    });

    test("one whose connection is cut in mid-transaction runs again, once in effect", async () => {
      let runs = 0;
      await withSystem(database, async (tx) => {
        runs++;
        await create(tx, "cut");
        if (runs > 1) return;
        const [me] = await rowsOf<{ pid: number }>(tx, sql`select pg_backend_pid() as pid`);
        const other = await database.reopen({ poolMax: 1 });
        await other.driver.withConnection(({ run }) => run(`select pg_terminate_backend(${me?.pid})`));
        await other.close();
        await tx.execute("select 1");
      });
      expect(runs).toBe(2);
      const found = await withSystem(database, (tx) => tx.select().from(users).where(sql`username = 'cut'`));
      expect(found).toHaveLength(1);
    });

    test("a reading whose connection is cut is read again on another", async () => {
      const own = await database.reopen({ poolMax: 1 });
      const [[before]] = await readAcross(own, backend);
      const [rows, [after]] = await readAcross(own, cut(before?.pid), backend);
      expect(rows).toEqual([]);
      expect(after?.pid).not.toBe(before?.pid);
      await own.close();
    });

    test("whoever waits for a connection that is cut gets another", async () => {
      const own = await database.reopen({ poolMax: 1 });
      const [[before]] = await readAcross(own, backend);
      const one = { name: "test_one", text: "select 1", values: [] };
      let lent = 0;
      const driver: Driver = {
        ...own.driver,
        withConnection(work) {
          lent++;
          return own.driver.withConnection(work);
        },
      };
      const counted = { ...own, driver };
      const [, waiting] = await Promise.all([
        readAcross(counted, cut(before?.pid)),
        pipelineOfSystem(counted, [one]),
        withSystem(counted, (tx) => tx.execute("select 1")),
      ]);
      expect(waiting).toEqual([[["1"]]]);
      // Only what was cut is run again.
      expect(lent).toBe(4);
      await own.close();
    });

    test("a pipeline that no connection could take any more is run on another", async () => {
      const own = await database.reopen({ poolMax: 1 });
      const [[before]] = await readAcross(own, backend);
      const one = { name: "test_one", text: "select 1", values: [] };
      let runs = 0;
      const driver: Driver = {
        ...own.driver,
        withConnection: (work) =>
          own.driver.withConnection(async (connection) => {
            // It comes to its turn behind what breaks the connection.
            if (runs++ === 0) void connection.pipeline([cut(before?.pid)]).catch(() => {});
            return work(connection);
          }),
      };
      expect(await pipelineOfSystem({ ...own, driver }, [one])).toEqual([[["1"]]]);
      expect(runs).toBe(2);
      await own.close();
    });

    test("a reading that takes too long ends as unavailable, and its connection is fit for the next", async () => {
      const orgId = (await makeTenant(database)).orgId;
      const slow = defineReading(
        "transaction_slow",
        { x: { sql: sql`pg_sleep(20)`, read: String } },
        (select) => select.from(sql`(values (1)) one`),
      )({});
      const readings = [
        readOrg(database, orgId, slow),
        readAcross(database, slow),
        readAcrossAndOrg(database, slow, orgId),
      ];
      expect(await Promise.all(readings.map(codeOf))).toEqual(["unavailable", "unavailable", "unavailable"]);
      expect(await readOrg(database, orgId, Memberships.active({ orgId, userId: orgId as never }))).toEqual([
        [],
      ]);
    });

    test("one whose connection is lost after COMMIT was sent is not run twice", async () => {
      let runs = 0;
      const losing: Driver = {
        ...database.driver,
        withConnection: (work) =>
          database.driver.withConnection((connection) => work(losesAnswerTo("commit", connection))),
      };
      const lost = transaction(losing, "set local role parley_system", async (tx) => {
        runs++;
        await create(tx, "committed");
      });
      expect(await codeOf(lost)).toBe("unavailable");
      expect(runs).toBe(1);
      expect(await withSystem(database, (tx) => Users.findByUsername(tx, "committed"))).toBeDefined();
    });

    test("one that does nothing for too long is ended, and its locks with it", async () => {
      const idle = transaction(
        database.driver,
        "set local role parley_system; set local idle_in_transaction_session_timeout = 100",
        async (tx) => {
          await tx.execute("select pg_advisory_xact_lock(7202611, 2)");
          await sleep(400);
          await tx.execute("select 1");
        },
      );
      const outcome = codeOf(idle);
      await sleep(200);
      await withSystem(database, (tx) => tx.execute("select pg_advisory_xact_lock(7202611, 2)"));
      expect(await outcome).toBe("unavailable");
    });

    test("more at once than connections wait their turn", async () => {
      const results = await Promise.all(
        Array.from({ length: 40 }, () => withSystem(database, (tx) => tx.execute("select pg_sleep(0.01)"))),
      );
      expect(results).toHaveLength(40);
    });

    test("ends, and the pool with it, before the database is closed", async () => {
      const own = await database.reopen({ poolMax: 2 });
      const running = withSystem(own, (tx) =>
        rowsOf<{ x: number }>(tx, sql`select 1 as x from pg_sleep(0.3)`),
      );
      // The connection is lent before the pool hears that it is to close.
      await own.ping();
      await own.close();
      await own.close();
      expect(await running).toEqual([{ x: 1 }]);
    });
  }),
);

/** The network, faked: the statement arrives, its answer doesn't. */
const losesAnswerTo = (statement: string, connection: Connection): Connection => ({
  ...connection,
  async run(statements) {
    const tag = await connection.run(statements);
    if (statements === statement) throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    return tag;
  },
});
