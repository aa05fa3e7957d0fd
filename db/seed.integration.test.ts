import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyPassword } from "./password-hash.ts";
import * as AuditLog from "./queries/audit-log.ts";
import * as ChannelAcl from "./queries/channel-acl.ts";
import * as Channels from "./queries/channels.ts";
import * as Members from "./queries/members.ts";
import * as Organizations from "./queries/organizations.ts";
import * as Roles from "./queries/roles.ts";
import * as Users from "./queries/users.ts";
import { withOrg, withSystem } from "./scope.ts";
import { isEmpty, seed } from "./seed.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

describe("the seed", () => {
  test("refuses production and leaves it empty", async () => {
    await expect(seed(database, { production: true })).rejects.toThrow("--force-demo");
    expect(await isEmpty(database)).toBe(true);
  });

  test("run twice makes everything once", async () => {
    expect(await seed(database, { production: false })).toBe(true);
    expect(await seed(database, { production: true, force: true })).toBe(false);
    const demo = await withSystem(database, (tx) => Organizations.findByTag(tx, "demo"));
    if (!demo) throw new Error("not seeded");
    await withOrg(database, demo.id, async (tx) => {
      const counts = { memberCount: 4, channelCount: 5, roleCount: 5 };
      expect(await Organizations.find(tx, demo.id)).toMatchObject(counts);
      expect((await Roles.list(tx, demo.id)).map((role) => role.name)).toEqual([
        "everyone",
        "Guest",
        "Member",
        "Moderator",
        "Admin",
      ]);
      const channels = await Channels.list(tx, demo.id);
      const officers = channels.find((channel) => channel.name === "Officers");
      expect(
        await ChannelAcl.list(tx, demo.id, officers?.id as NonNullable<typeof officers>["id"]),
      ).toHaveLength(2);
      expect(await AuditLog.verify(tx, demo.id)).toEqual({ length: 1, brokenAt: null, next: null });
      const secret = channels.find((channel) => channel.name === "Private");
      const { passwordHash } = (secret && (await Channels.find(tx, demo.id, secret.id))) ?? {};
      expect(await verifyPassword(passwordHash ?? "", "letmein")).toBe(true);
      expect((await Members.list(tx, demo.id, { limit: 10 })).map((member) => member.username)).toEqual([
        "demo",
        "alice",
        "bob",
        "charlie",
      ]);
    });
    const charlie = await withSystem(database, (tx) => Users.findByUsername(tx, "Charlie"));
    expect(await verifyPassword(charlie?.passwordHash ?? "", "charlie123")).toBe(true);
  });
});
