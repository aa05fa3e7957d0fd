/** The tree stays a tree: whoever moves what, whenever. */
import { AppError } from "@parley/contract/errors";
import type { ChannelId } from "@parley/contract/ids";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Transaction } from "../client.ts";
import { channels } from "../schema/channels.ts";
import { withOrg } from "../scope.ts";
import { makeTenant, type Tenant } from "../testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import * as Channels from "./channels.ts";
import * as Organizations from "./organizations.ts";

let database: TestDatabase;
let tenant: Tenant;
const now = new Date();

beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  tenant = await makeTenant(database);
  await inOrg((tx) => Channels.remove(tx, tenant.orgId, tenant.channelId, { cascade: true }));
});
afterAll(() => database.close());

const inOrg = <T>(work: (tx: Transaction) => Promise<T>) => withOrg(database, tenant.orgId, work);
const make = (name: string, parentId: ChannelId | null = null) =>
  inOrg(async (tx) => (await Channels.create(tx, tenant.orgId, { name, parentId, now })).id);
const move = (id: ChannelId, place: Channels.Place) =>
  inOrg(async (tx) => {
    await Organizations.lock(tx, tenant.orgId);
    return Channels.move(tx, tenant.orgId, id, place);
  });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "passed",
    (error) => (error instanceof AppError ? error.code : String(error)),
  );
const names = async (parentId: ChannelId | null = null) =>
  (await inOrg((tx) => Channels.list(tx, tenant.orgId)))
    .filter((c) => c.parentId === parentId)
    .map((c) => c.name);

describe("moving", () => {
  test("puts a channel first, behind a sibling, or last", async () => {
    const [a, b, c] = [await make("a"), await make("b"), await make("c")];
    await move(c, { parentId: null, after: null });
    expect(await names()).toEqual(["c", "a", "b"]);
    await move(c, { parentId: null, after: a });
    expect(await names()).toEqual(["a", "c", "b"]);
    await move(a, { parentId: null });
    expect(await names()).toEqual(["c", "b", "a"]);
    await move(a, { parentId: b, after: null });
    expect([await names(), await names(b)]).toEqual([["c", "b"], ["a"]]);
    expect(await codeOf(move(c, { parentId: b, after: b }))).toBe("not_found");
  });

  test("into the same gap a hundred times still finds room, in the right order", async () => {
    const first = await make("first");
    const two = [await make("x"), await make("y")];
    for (let n = 0; n < 100; n++) await move(two[n % 2] as ChannelId, { parentId: null, after: first });
    expect(await names()).toEqual(["first", "y", "x"]);
  });

  test("below itself, below its own child and beyond 8 levels is refused", async () => {
    const chain: ChannelId[] = [];
    for (let level = 1; level <= 8; level++) chain.push(await make(`l${level}`, chain.at(-1) ?? null));
    const [top, second] = chain as [ChannelId, ChannelId];
    expect(await codeOf(make("l9", chain.at(-1)))).toBe("channel_too_deep");
    expect(await codeOf(move(top, { parentId: top }))).toBe("channel_cycle");
    expect(await codeOf(move(top, { parentId: chain.at(-1) as ChannelId }))).toBe("channel_cycle");
    const other = await make("other");
    expect(await codeOf(move(top, { parentId: other }))).toBe("channel_too_deep");
    expect(await codeOf(move(second, { parentId: other }))).toBe("passed");
    expect(await codeOf(move(other, { parentId: crypto.randomUUID() as ChannelId }))).toBe("not_found");
  });

  test("two trees into each other at the same moment lets one of them through", async () => {
    for (let round = 0; round < 20; round++) {
      const [a, b] = [await make(`a${round}`), await make(`b${round}`)];
      // Into the other's child: no row is touched by both, so that only the lock can see it.
      const [inA, inB] = [await make("child", a), await make("child", b)];
      let arrived = 0;
      let open: () => void = () => {};
      const bothBegun = new Promise<void>((resolve) => {
        open = resolve;
      });
      // Without the application's own lock: the database must hold by itself.
      const below = (id: ChannelId, parentId: ChannelId) =>
        codeOf(
          inOrg(async (tx) => {
            await Channels.find(tx, tenant.orgId, id);
            if (++arrived === 2 || inject("databaseDriver") === "pglite") open();
            await bothBegun;
            return Channels.move(tx, tenant.orgId, id, { parentId });
          }),
        );
      expect((await Promise.all([below(a, inB), below(b, inA)])).toSorted()).toEqual([
        "channel_cycle",
        "passed",
      ]);
    }
  });

  test("a child into a channel that is deleted at the same moment never leaves an orphan", async () => {
    for (let round = 0; round < 10; round++) {
      const parent = await make(`p${round}`);
      const remove = inOrg((tx) => Channels.remove(tx, tenant.orgId, parent, { cascade: false }));
      const create = inOrg((tx) => Channels.create(tx, tenant.orgId, { name: "c", parentId: parent, now }));
      const codes = await Promise.all([codeOf(remove), codeOf(create)]);
      expect([
        ["passed", "not_found"],
        ["channel_has_children", "passed"],
      ]).toContainEqual(codes);
    }
  });

  test("last a million times over stays within the numbers", async () => {
    const [a, b] = [await make("a"), await make("b")];
    await inOrg((tx) => tx.update(channels).set({ position: 999_999_999 }).where(eq(channels.id, b)));
    await move(a, { parentId: null });
    expect(await names()).toEqual(["b", "a"]);
    expect((await inOrg((tx) => Channels.find(tx, tenant.orgId, a)))?.position).toBeLessThan(100_000);
  });

  test("by many at once leaves every channel where one of them put it, once", async () => {
    const ids: ChannelId[] = [];
    for (let n = 0; n < 12; n++) ids.push(await make(`c${n}`));
    const pick = (n: number) => ids[n % ids.length] as ChannelId;
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, n) => {
        const parentId = n % 3 === 0 ? null : pick(n * 7 + 3);
        return codeOf(move(pick(n * 5), { parentId, after: null }));
      }),
    );
    expect(results.filter((code) => !["passed", "channel_cycle", "channel_too_deep"].includes(code))).toEqual(
      [],
    );
    const tree = await inOrg((tx) => Channels.list(tx, tenant.orgId));
    expect(tree).toHaveLength(12);
    for (const { id } of tree) {
      const path = await inOrg((tx) => Channels.path(tx, tenant.orgId, id));
      expect(path[0]?.parentId).toBeNull();
      expect(path.length).toBeLessThanOrEqual(8);
    }
  });
});

describe("deleting", () => {
  test("a channel with children asks for cascade, and then takes them all", async () => {
    const top = await make("top");
    const child = await make("child", top);
    await make("grandchild", child);
    const remove = (cascade: boolean) => inOrg((tx) => Channels.remove(tx, tenant.orgId, top, { cascade }));
    expect(await codeOf(remove(false))).toBe("channel_has_children");
    expect(await remove(true)).toHaveLength(3);
    expect(await inOrg((tx) => Organizations.find(tx, tenant.orgId))).toMatchObject({ channelCount: 0 });
    expect(await remove(true)).toEqual([]);
  });
});
