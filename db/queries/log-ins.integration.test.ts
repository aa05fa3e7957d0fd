import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "../client.ts";
import { newSessionId } from "../ids.ts";
import { rowsOf } from "../rows.ts";
import { auditLog } from "../schema/audit.ts";
import { authzChanges } from "../schema/authz-changes.ts";
import { pipelineOfSystem, readAcross, withSystem } from "../scope.ts";
import { onDrivers } from "../testing/on-drivers.ts";
import { statementsOn } from "../testing/statements-on.ts";
import { makeTenant, makeUser } from "../testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import * as AuditLog from "./audit-log.ts";
import * as LogIns from "./log-ins.ts";
import * as Sessions from "./sessions.ts";
import * as TotpSecrets from "./totp-secrets.ts";
import * as Users from "./users.ts";

let database: TestDatabase;
const start = new Date();
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const find = (text: string) => LogIns.find((reading) => readAcross(database, reading), text);
const userOf = async (username: string) => {
  const account = await find(username);
  if (!account) throw new Error(`no ${username}`);
  return account.user;
};
const open = (
  user: Users.User,
  change: Partial<LogIns.LogIn> = {},
  run: Parameters<typeof LogIns.open>[0] = (statements) => pipelineOfSystem(database, statements),
) =>
  LogIns.open(run, {
    session: { id: newSessionId(), tokenHash: randomBytes(32), expiresAt: at(3_600) },
    account: { user, totp: null },
    now: start,
    userAgent: "test",
    ip: "fe80::1%eth0",
    keep: 100,
    audit: { action: "session.log_in", requestId: "a request", personal: { ip: "fe80::1%eth0" } },
    ...change,
  });
async function turnCodesOn(tx: Transaction, user: Users.User, now: Date): Promise<void> {
  await TotpSecrets.propose(tx, { userId: user.id, sealedSecret: randomBytes(8), now });
  await TotpSecrets.confirm(tx, user.id, 1, now);
}
/** Resolves once somebody waits for a lock in this database. */
async function someoneWaits(tx: Transaction): Promise<void> {
  const waiting = sql`
    select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`;
  for (let looks = 0; looks < 10_000; looks++) {
    // Who is connected is looked up once in a transaction otherwise.
    await tx.execute(sql`select pg_stat_clear_snapshot()`);
    if ((await rowsOf(tx, waiting)).length > 0) return;
  }
  throw new Error("nobody waits");
}
const keptOf = (user: Users.User) =>
  withSystem(database, async (tx) => ({
    sessions: await Sessions.listAll(tx, user.id),
    audited: await tx.select().from(auditLog).where(eq(auditLog.chainId, user.id)),
    chain: await AuditLog.verify(tx, user.id),
  }));

test("an account is found by name and by verified address, with its codes", async () => {
  const id = await makeUser(database, "Finder");
  expect(await find("finder@example.org")).toBeUndefined();
  await withSystem(database, async (tx) => {
    await Users.update(tx, id, { email: "finder@example.org" });
    await TotpSecrets.propose(tx, { userId: id, sealedSecret: randomBytes(8), now: start });
  });
  for (const text of ["fINDER", "FINDER@example.org"]) {
    expect(await find(text)).toMatchObject({ user: { id, username: "Finder" }, totp: { userId: id } });
  }
  await makeUser(database, "plain");
  expect(await find("plain")).toMatchObject({ user: { username: "plain" }, totp: null });
  expect(await find("nobody")).toBeUndefined();
  expect(await find("fin\0der")).toBeUndefined();
});

test("a log-in leaves its session and one row in the account's chain", async () => {
  await makeUser(database, "opener");
  const user = await userOf("opener");
  const session = { id: newSessionId(), tokenHash: randomBytes(32), expiresAt: at(3_600) };
  expect(await open(user, { session })).toEqual({ isOpen: true, hasNews: false });
  const { sessions, audited, chain } = await keptOf(user);
  expect(sessions).toEqual([
    {
      ...session,
      tokenHash: new Uint8Array(session.tokenHash),
      userId: user.id,
      previousTokenHash: null,
      rotatedAt: null,
      createdAt: start,
      authenticatedAt: start,
      lastUsedAt: start,
      revokedAt: null,
      revokedReason: null,
      userAgent: "test",
      ip: "fe80::1%eth0",
    },
  ]);
  expect(audited).toMatchObject([
    {
      orgId: null,
      actorId: user.id,
      action: "session.log_in",
      at: start,
      targetType: "session",
      targetId: session.id,
      requestId: "a request",
      personal: { ip: "fe80::1%eth0" },
    },
  ]);
  expect(chain).toEqual({ length: 1, brokenAt: null, next: null });
});

test.each([
  ["whose password was changed meanwhile", { passwordChangedAt: at(1) }],
  ["that was disabled meanwhile", { status: "disabled" as const }],
])("of an account %s nothing is opened and nothing written", async (what, change) => {
  await makeUser(database, what.slice(0, 32));
  const user = await userOf(what.slice(0, 32));
  await withSystem(database, (tx) => Users.update(tx, user.id, change));
  expect(await open(user)).toEqual({ isOpen: false, hasNews: false });
  expect(await keptOf(user)).toMatchObject({ sessions: [], audited: [] });
});

test("codes that were switched on or set up anew meanwhile were not checked: nothing is opened", async () => {
  await makeUser(database, "coded");
  const user = await userOf("coded");
  const totp = () => find("coded").then((account) => account?.totp ?? null);
  const turnOn = (now: Date) => withSystem(database, (tx) => turnCodesOn(tx, user, now));
  await turnOn(at(1));
  expect(await open(user)).toEqual({ isOpen: false, hasNews: false });
  const checked = await totp();
  expect((await open(user, { account: { user, totp: checked } })).isOpen).toBe(true);
  await withSystem(database, (tx) => TotpSecrets.remove(tx, user.id));
  // Whoever sent a right code knows more than is asked for now.
  expect((await open(user, { account: { user, totp: checked } })).isOpen).toBe(true);
  await turnOn(at(2));
  expect((await open(user, { account: { user, totp: checked } })).isOpen).toBe(false);
  expect((await open(user, { account: { user, totp: await totp() } })).isOpen).toBe(true);
});

// The embedded database runs one transaction after the other.
onDrivers(["postgres", "neon"], () =>
  test.each([
    [
      "the password",
      (tx: Transaction, user: Users.User) => Users.update(tx, user.id, { passwordChangedAt: at(1) }),
    ],
    ["its codes", (tx: Transaction, user: Users.User) => turnCodesOn(tx, user, at(1))],
  ])("a log-in waits for a change of %s that is under way, and opens nothing after it", async (what, change) => {
    await makeUser(database, `changing ${what}`);
    const user = await userOf(`changing ${what}`);
    const locked = Promise.withResolvers<void>();
    const changing = withSystem(database, async (tx) => {
      await Users.lock(tx, user.id);
      locked.resolve();
      await someoneWaits(tx);
      await change(tx, user);
      await Sessions.revokeAll(tx, user.id, { now: at(1), reason: "password" });
    });
    await locked.promise;
    const [outcome] = await Promise.all([open(user), changing]);
    expect(outcome).toEqual({ isOpen: false, hasNews: false });
    expect(await keptOf(user)).toMatchObject({ sessions: [], audited: [] });
  }),
);

onDrivers(["postgres", "neon"], () =>
  test("a log-in that ends the oldest session and whoever ends it already don't wait for one another", async () => {
    await makeUser(database, "crowded");
    const user = await userOf("crowded");
    const oldest = { id: newSessionId(), tokenHash: randomBytes(32), expiresAt: at(3_600) };
    expect((await open(user, { session: oldest })).isOpen).toBe(true);
    const locked = Promise.withResolvers<void>();
    const runs = { ending: 0, opening: 0 };
    const ending = withSystem(database, async (tx) => {
      runs.ending++;
      await Sessions.lock(tx, oldest.id);
      locked.resolve();
      if (runs.ending === 1) await someoneWaits(tx);
      await AuditLog.appendOfAccount(tx, user.id, { at: at(1), action: "session.log_out" });
    });
    await locked.promise;
    const opening = withSystem(database, (tx) => {
      runs.opening++;
      return open(user, { keep: 1, now: at(1) }, statementsOn(tx));
    });
    expect(await Promise.all([opening, ending])).toMatchObject([{ isOpen: true }, undefined]);
    // A deadlock would have been run again.
    expect(runs).toEqual({ ending: 1, opening: 1 });
    const { sessions } = await keptOf(user);
    expect(sessions.map(({ revokedReason }) => revokedReason)).toEqual([null, "too_many"]);
  }),
);

test("a log-in that opens nothing ends nothing", async () => {
  await makeUser(database, "stale");
  const user = await userOf("stale");
  for (let n = 0; n < 3; n++) await open(user);
  const account = { user: { ...user, passwordChangedAt: at(-1) }, totp: null };
  expect(await open(user, { account, keep: 1 })).toEqual({ isOpen: false, hasNews: false });
  const { sessions } = await keptOf(user);
  expect(sessions.map(({ revokedAt }) => revokedAt)).toEqual([null, null, null]);
});

test("a log-in that fails half way leaves nothing, and the next one works", async () => {
  await makeUser(database, "half");
  const user = await userOf("half");
  // jsonb takes no NUL: the audit row is refused after the session was written.
  const audit = { action: "session.log_in", requestId: "r", personal: { userAgent: "a\0b" } };
  await expect(open(user, { audit })).rejects.toThrow();
  expect(await keptOf(user)).toMatchObject({ sessions: [], audited: [] });
  expect((await open(user)).isOpen).toBe(true);
});

test("of many log-ins at once so many sessions stay, and each other's end is announced in each organisation", async () => {
  const [one, two] = [await makeTenant(database), await makeTenant(database)];
  const user = await withSystem(database, (tx) => Users.find(tx, one.ownerId));
  if (!user) throw new Error("the owner is gone");
  const results = await Promise.all(Array.from({ length: 12 }, () => open(user, { keep: 3 })));
  expect(results.filter(({ isOpen }) => isOpen)).toHaveLength(12);
  expect(results.filter(({ hasNews }) => hasNews)).toHaveLength(9);
  const { sessions, chain } = await keptOf(user);
  expect(sessions.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(3);
  expect(chain).toEqual({ length: 12, brokenAt: null, next: null });
  const announced = await withSystem(database, (tx) => tx.select().from(authzChanges));
  const ended = sessions.flatMap(({ id, revokedReason }) => (revokedReason === "too_many" ? [id] : []));
  expect(announced.map(({ orgId, kind, userId, sessionId }) => ({ orgId, kind, userId, sessionId }))).toEqual(
    expect.arrayContaining(
      ended.map((sessionId) => ({ orgId: one.orgId, kind: "session", userId: user.id, sessionId })),
    ),
  );
  expect(announced.filter(({ orgId }) => orgId === two.orgId)).toEqual([]);
});
