/** Coming, going, being banned: what is kept, what counts, what rises. */
import type { UserId } from "@parley/contract/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "../client.ts";
import { withOrg, withSystem } from "../scope.ts";
import { makeTenant, makeUser, type Tenant } from "../testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import * as Bans from "./bans.ts";
import * as ChannelAcl from "./channel-acl.ts";
import * as Invites from "./invites.ts";
import * as Memberships from "./memberships.ts";
import * as Organizations from "./organizations.ts";
import * as Roles from "./roles.ts";

let database: TestDatabase;
let tenant: Tenant;
const now = new Date();
const later = new Date(now.getTime() + 60_000);

beforeAll(async () => {
  database = await openTestDatabase();
  tenant = await makeTenant(database);
});
afterAll(() => database.close());

const inOrg = <T>(work: (tx: Transaction) => Promise<T>) => withOrg(database, tenant.orgId, work);
const version = async (id: UserId) =>
  (await inOrg((tx) => Memberships.find(tx, tenant.orgId, id)))?.permissionVersion ?? 0;

test("a member is read with each role once, everyone among them", async () => {
  const { orgId, memberId, roleId, everyoneId } = tenant;
  const other = await inOrg((tx) => Roles.create(tx, orgId, { name: "Other", permissions: 8n }));
  await inOrg((tx) => Roles.setHeld(tx, orgId, memberId, [roleId, other.id]));
  const member = await inOrg((tx) => Memberships.findActive(tx, orgId, memberId));
  expect(new Set(member?.roles.map((role) => role.id))).toEqual(new Set([everyoneId, roleId, other.id]));
  expect(member?.roles).toHaveLength(3);
  expect(member?.isOwner).toBe(false);
  expect(await inOrg((tx) => Memberships.findActive(tx, orgId, tenant.ownerId))).toMatchObject({
    isOwner: true,
  });
});

test("leaving and coming back sheds neither a time-out nor an entry, and only raises the version", async () => {
  const { orgId, memberId, channelId } = tenant;
  await inOrg((tx) => Memberships.change(tx, orgId, memberId, { timedOutUntil: later }));
  const before = await version(memberId);
  await inOrg((tx) => Memberships.leave(tx, orgId, memberId));
  expect(await inOrg((tx) => Memberships.findActive(tx, orgId, memberId))).toBeUndefined();
  expect(await inOrg((tx) => Memberships.join(tx, orgId, memberId, now))).toBe("rejoined");
  const member = await inOrg((tx) => Memberships.findActive(tx, orgId, memberId));
  expect(member?.timedOutUntil).toEqual(later);
  expect(member?.permissionVersion).toBeGreaterThan(before);
  expect(member?.roles).toHaveLength(1);
  const entries = await inOrg((tx) => ChannelAcl.listOfMember(tx, orgId, memberId));
  expect(entries.map((entry) => [entry.channelId, entry.userId])).toEqual([[channelId, memberId]]);
});

describe("a banned person", () => {
  test("is out, can't come back, and after the ban is lifted is nobody until they join again", async () => {
    const { orgId, ownerId } = tenant;
    const userId = await makeUser(database);
    await inOrg((tx) => Memberships.join(tx, orgId, userId, now));
    await inOrg((tx) => Roles.setHeld(tx, orgId, userId, [tenant.roleId]));
    const before = await version(userId);
    const ban = { userId, bannedBy: ownerId, reason: "noise", now, expiresAt: null };
    expect(await inOrg((tx) => Bans.create(tx, orgId, ban))).toBeGreaterThan(before);
    expect(await inOrg((tx) => Memberships.findActive(tx, orgId, userId))).toBeUndefined();
    expect(await inOrg((tx) => Memberships.join(tx, orgId, userId, now))).toBe("banned");
    expect(await withSystem(database, (tx) => Organizations.listOfUser(tx, userId))).toEqual([]);
    expect(await inOrg((tx) => Bans.list(tx, orgId, { limit: 10, now }))).toMatchObject([
      { userId, reason: "noise" },
    ]);
    expect(await inOrg((tx) => Bans.remove(tx, orgId, userId))).toBe(true);
    expect(await inOrg((tx) => Memberships.findActive(tx, orgId, userId))).toBeUndefined();
    expect(await inOrg((tx) => Memberships.join(tx, orgId, userId, now))).toBe("rejoined");
    expect(await inOrg((tx) => Roles.listHeld(tx, orgId, userId))).toEqual([]);
  });

  test("whose ban ran out and who is banned anew at the same moment stays banned", async () => {
    const { orgId, ownerId } = tenant;
    for (let round = 0; round < 10; round++) {
      const userId = await makeUser(database);
      const ban = { userId, bannedBy: ownerId, reason: "", now };
      await inOrg((tx) => Bans.create(tx, orgId, { ...ban, expiresAt: now }));
      await Promise.all([
        inOrg((tx) => Bans.isBanned(tx, orgId, userId, later)),
        inOrg((tx) => Bans.create(tx, orgId, { ...ban, expiresAt: null })),
      ]);
      expect(await inOrg((tx) => Bans.isBanned(tx, orgId, userId, later))).toBe(true);
      expect(await inOrg((tx) => Memberships.join(tx, orgId, userId, later))).toBe("banned");
    }
  });

  test("who has no account, or none any more, is nobody", async () => {
    const ban = {
      userId: crypto.randomUUID() as UserId,
      bannedBy: tenant.ownerId,
      reason: "",
      now,
      expiresAt: null,
    };
    await expect(inOrg((tx) => Bans.create(tx, tenant.orgId, ban))).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("who never was a member is kept from becoming one, until the ban runs out", async () => {
    const { orgId, ownerId } = tenant;
    const userId = await makeUser(database);
    const ban = { userId, bannedBy: ownerId, reason: "", now, expiresAt: later };
    await inOrg((tx) => Bans.create(tx, orgId, ban));
    expect(await inOrg((tx) => Bans.isBanned(tx, orgId, userId, now))).toBe(true);
    expect(await inOrg((tx) => Bans.isBanned(tx, orgId, userId, later))).toBe(false);
    expect(await inOrg((tx) => Memberships.join(tx, orgId, userId, later))).toBe("rejoined");
  });
});

describe("an invite", () => {
  const codeHash = (n: number) => new Uint8Array(32).fill(n);

  test("for one use lets one of ten in, and none after its end", async () => {
    const input = { createdBy: tenant.ownerId, roleId: null, now, expiresAt: later };
    await inOrg((tx) => Invites.create(tx, tenant.orgId, { ...input, codeHash: codeHash(1), usesMax: 1 }));
    await inOrg((tx) => Invites.create(tx, tenant.orgId, { ...input, codeHash: codeHash(2), usesMax: 0 }));
    const use = (n: number, at: Date) => withSystem(database, (tx) => Invites.use(tx, codeHash(n), at));
    const uses = await Promise.all(Array.from({ length: 10 }, () => use(1, now)));
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect(await use(2, now)).toMatchObject({ orgId: tenant.orgId });
    expect(await use(2, later)).toBeUndefined();
    const preview = await withSystem(database, (tx) => Invites.findByCode(tx, codeHash(2), now));
    expect(preview?.organization).toMatchObject({ tag: tenant.tag });
    expect(await withSystem(database, (tx) => Invites.findByCode(tx, codeHash(1), now))).toBeUndefined();
    expect(await inOrg((tx) => Invites.list(tx, tenant.orgId, now))).toHaveLength(1);
  });
});
