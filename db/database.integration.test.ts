import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeId } from "@parley/contract/ids";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DatabaseHandle, openDatabase } from "./client.ts";
import { newChannelId, newOrganizationId } from "./ids.ts";
import { migrate } from "./migrate.ts";
import * as Organizations from "./queries/organizations.ts";
import * as Users from "./queries/users.ts";
import * as VoiceRooms from "./queries/voice-rooms.ts";
import { channels } from "./schema/channels.ts";
import { organizations } from "./schema/organizations.ts";
import { withSystem } from "./scope.ts";
import { isEmpty, seed } from "./seed.ts";

let database: DatabaseHandle;

beforeAll(async () => {
  database = await openDatabase("pglite://memory");
  await migrate(database.db);
});
afterAll(() => database.close());

const rowCount = async (table: string): Promise<unknown> => {
  const { rows } = (await database.db.execute(
    sql.raw(`select count(*)::int as n from ${table}`),
  )) as unknown as {
    rows: { n: number }[];
  };
  return rows[0]?.n;
};

describe("the seed", () => {
  test("refuses production and leaves it empty", async () => {
    await expect(seed(database.db, { production: true })).rejects.toThrow("--force-demo");
    expect(await isEmpty(database.db)).toBe(true);
  });

  test("run twice makes everything once", async () => {
    await seed(database.db, { production: false });
    await seed(database.db, { production: true, force: true });
    expect(await isEmpty(database.db)).toBe(false);
    const counts = { organizations: 1, users: 4, memberships: 4, roles: 5, channels: 4 };
    for (const [table, count] of Object.entries(counts))
      expect([table, await rowCount(table)]).toEqual([table, count]);
  });

  test("and migrating again change nothing", async () => {
    await migrate(database.db);
    expect(await rowCount("users")).toBe(4);
  });
});

describe("user names", () => {
  const create = (username: string) =>
    withSystem(database.db, (tx) => Users.create(tx, { username, passwordHash: "x", now: new Date() }));

  test.each([
    ["Zoë", "zoe\u0308"],
    ["İpek", "i̇PEK"],
    ["ALICE", "alice"],
  ])("%s and %s are one name", async (first, second) => {
    await create(first);
    expect(await create(second)).toBeUndefined();
    const found = await withSystem(database.db, (tx) => Users.findByUsername(tx, second));
    expect(found).toBeDefined();
  });
});

describe("tenant walls", () => {
  test("a channel can't have a parent in another organisation", async () => {
    const [channel] = await database.db.select().from(channels);
    const [owner] = await database.db.select().from(organizations);
    if (!channel || !owner) throw new Error("not seeded");
    const id = newOrganizationId();
    await database.db
      .insert(organizations)
      .values({ id, tag: "OTHER", name: "Other", ownerId: owner.ownerId });
    const stray = { ...channel, orgId: id, id: newChannelId(), parentId: channel.id };
    await expect(database.db.insert(channels).values(stray)).rejects.toMatchObject({
      cause: { code: "23503" },
    });
  });
});

describe("placing a room", () => {
  const node = (id: string, bootEpoch: number) => ({ id: id as NodeId, bootEpoch });

  test("keeps the fence on the same start of a node, raises it on any other, and the slower of two loses", async () => {
    const demo = await withSystem(database.db, (tx) => Organizations.findByTag(tx, "demo"));
    const orgId = demo?.id ?? newOrganizationId();
    const [channel] = await database.db.select().from(channels).where(eq(channels.orgId, orgId));
    if (!channel) throw new Error("not seeded");
    const at = { orgId, channelId: channel.id, now: new Date() };
    await withSystem(database.db, async (tx) => {
      const find = () => VoiceRooms.find(tx, orgId, channel.id);
      expect(await VoiceRooms.place(tx, { ...at, node: node("a", 1), seen: undefined })).toBe(1);
      expect(await VoiceRooms.place(tx, { ...at, node: node("b", 1), seen: undefined })).toBeUndefined();
      const first = await find();
      expect(await VoiceRooms.place(tx, { ...at, node: node("a", 1), seen: first })).toBe(1);
      expect(await VoiceRooms.place(tx, { ...at, node: node("a", 2), seen: first })).toBe(2);
      expect(await VoiceRooms.place(tx, { ...at, node: node("b", 1), seen: first })).toBeUndefined();
      expect(await VoiceRooms.place(tx, { ...at, node: node("b", 1), seen: await find() })).toBe(3);
    });
  });
});

describe("a database in a directory", () => {
  test("keeps what was written, and is opened by one at a time", async () => {
    const directory = await mkdtemp(join(tmpdir(), "parley-db-"));
    const url = `pglite://${directory}`;
    const first = await openDatabase(url);
    await migrate(first.db);
    await seed(first.db, { production: false });
    await expect(openDatabase(url)).rejects.toThrow(`pid ${process.pid}`);
    await first.close();
    await first.close();
    const second = await openDatabase(url);
    expect(await isEmpty(second.db)).toBe(false);
    await second.close();
    await rm(directory, { recursive: true });
  });
});
