/** Lists of members: in pages, by name, and without reading more of a large organisation than they give. */
import type { UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "../client.ts";
import { withOrg, withSystem } from "../scope.ts";
import { StatementRecorder, undone } from "../testing/explain.ts";
import { makeTenant, makeUser, type Tenant } from "../testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import * as Members from "./members.ts";
import * as Memberships from "./memberships.ts";
import * as Users from "./users.ts";

const NAMES = ["Émile", "emil%", "emily", "bob"];
const CROWD = 2_000;
const now = new Date();
const recorder = new StatementRecorder();
let database: TestDatabase;
let tenant: Tenant;
const ids = new Map<string, UserId>();

beforeAll(async () => {
  database = await openTestDatabase(recorder.options);
  tenant = await makeTenant(database);
  for (const name of NAMES) {
    const id = await makeUser(database, name);
    ids.set(name, id);
    await inOrg((tx) => Memberships.join(tx, tenant.orgId, id, now));
  }
});
afterAll(() => database.close());

const inOrg = <T>(work: (tx: Transaction) => Promise<T>) => withOrg(database, tenant.orgId, work);
const nickname = (name: string, value: string | null) =>
  inOrg((tx) => Memberships.change(tx, tenant.orgId, ids.get(name) as UserId, { nickname: value }));
const search = (request: Omit<Members.MemberSearch, "limit">, limit = 10) =>
  inOrg((tx) => Members.search(tx, tenant.orgId, { ...request, limit }));
const named = async (name: string) => (await search({ name })).map((member) => member.username);

test("the list of members goes on where it stopped", async () => {
  const seen: UserId[] = [];
  for (;;) {
    const page = { limit: 2, after: seen.at(-1) };
    const members = await inOrg((tx) => Members.list(tx, tenant.orgId, page));
    if (members.length === 0) break;
    seen.push(...members.map((member) => member.userId));
  }
  expect(new Set(seen).size).toBe(NAMES.length + 2);
  expect(seen.length).toBe(NAMES.length + 2);
});

test("a search finds how names begin, in any case of letters, and takes no sign for a pattern", async () => {
  expect(await named("EMIL")).toEqual(["emil%", "emily"]);
  expect(await named("emil%")).toEqual(["emil%"]);
  expect(await named("é")).toEqual(["Émile"]);
  expect(await named("e_")).toEqual([]);
  expect(await named("\0")).toEqual([]);
});

test("a search finds nicknames too, each member once, and goes on where it stopped", async () => {
  await nickname("bob", "Émilie the Brave");
  await nickname("emily", "emma");
  expect(await named("émil")).toEqual(["Émile", "bob"]);
  expect(await named("em")).toEqual(["emil%", "emily"]);
  const seen: string[] = [];
  let after: Members.FoundAt | undefined;
  for (const _ of NAMES) {
    const [found] = await search({ name: "em", after }, 1);
    if (!found) break;
    seen.push(found.username);
    after = { key: found.key, userId: found.userId };
  }
  expect(seen).toEqual(["emil%", "emily"]);
  await nickname("bob", null);
  expect(await named("émil")).toEqual(["Émile"]);
});

test("a search follows accounts that are renamed, and forgets who has left", async () => {
  const bob = ids.get("bob") as UserId;
  await withSystem(database, (tx) => Users.update(tx, bob, { username: "robert" }));
  expect([await named("bob"), await named("rob")]).toEqual([[], ["robert"]]);
  await inOrg((tx) => Memberships.leave(tx, tenant.orgId, bob));
  expect(await named("rob")).toEqual([]);
});

test("a search of a large organisation reads no more than it gives", async () => {
  await withSystem(database, async (tx) => {
    await tx.execute(sql`
      insert into users (id, username, username_key, password_hash)
      select gen_random_uuid(), 'crowd' || n, 'crowd' || n, 'x' from generate_series(1, ${CROWD}) n`);
    await tx.execute(sql`
      insert into memberships (org_id, user_id)
      select ${tenant.orgId}, id from users where username_key like 'crowd%'`);
  });
  // As autovacuum does some minutes later.
  await database.driver.withConnection(({ run }) => run("analyze users, memberships"));
  const read = async (name: string) => {
    const inTenant = (work: (tx: Transaction) => Promise<never>) => inOrg(work);
    const explained = await undone(inTenant, (tx) =>
      recorder.explain(tx, () => Members.search(tx, tenant.orgId, { name, limit: 5 }), { analyze: true }),
    );
    return Math.max(...explained.map(({ rowsRead }) => rowsRead));
  };
  // The halves by user name and by nickname, then those found with their accounts, each by one row security check.
  expect(await read("crowd")).toBeLessThanOrEqual(20);
  expect(await read("nobody is called that")).toBe(0);
});
