/** Rules that no race may break: quotas, ownership, names. */
import { AppError } from "@parley/contract/errors";
import type { ChannelId, RoleId, UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "../client.ts";
import { sqlState } from "../failure.ts";
import { rowsOf } from "../rows.ts";
import { withOrg, withSystem } from "../scope.ts";
import { makeTenant, makeUser, type Tenant } from "../testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import * as AuditLog from "./audit-log.ts";
import * as Bans from "./bans.ts";
import * as ChannelAcl from "./channel-acl.ts";
import * as Channels from "./channels.ts";
import * as Invites from "./invites.ts";
import * as Members from "./members.ts";
import * as Memberships from "./memberships.ts";
import * as Organizations from "./organizations.ts";
import * as Roles from "./roles.ts";
import * as Users from "./users.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const now = new Date();
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "passed",
    (error) => (error instanceof AppError ? error.code : String(error)),
  );
const inOrg = <T>({ orgId }: Tenant, work: (tx: Transaction) => Promise<T>) => withOrg(database, orgId, work);
/** The operator's to say, not the tenant's. */
const setQuota = ({ orgId }: Tenant, quota: Organizations.OrganizationChange) =>
  withSystem(database, (tx) => Organizations.update(tx, orgId, quota));
const tally = (codes: string[]) => {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
};

describe("quotas", () => {
  test("50 channels made at once where 10 are allowed become 10", async () => {
    const tenant = await makeTenant(database);
    await setQuota(tenant, { channelsMax: 10 });
    const codes = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        codeOf(
          inOrg(tenant, (tx) => Channels.create(tx, tenant.orgId, { name: `c${n}`, parentId: null, now })),
        ),
      ),
    );
    expect(tally(codes)).toEqual({ passed: 8, quota_exceeded: 42 });
    expect(await inOrg(tenant, (tx) => Organizations.find(tx, tenant.orgId))).toMatchObject({
      channelCount: 10,
    });
  });

  test("50 members who come at once where 10 are allowed are 10; the banned and the gone don't count", async () => {
    const tenant = await makeTenant(database);
    await setQuota(tenant, { membersMax: 10 });
    const people: UserId[] = [];
    for (let n = 0; n < 50; n++) people.push(await makeUser(database));
    const join = (id: UserId) => codeOf(inOrg(tenant, (tx) => Memberships.join(tx, tenant.orgId, id, now)));
    expect(tally(await Promise.all(people.map(join)))).toEqual({ passed: 8, quota_exceeded: 42 });
    await inOrg(tenant, (tx) => Memberships.leave(tx, tenant.orgId, tenant.memberId));
    const members = await inOrg(tenant, (tx) => Members.list(tx, tenant.orgId, { limit: 100 }));
    const banned = members.find((member) => member.userId !== tenant.ownerId)?.userId as UserId;
    const ban = { userId: banned, bannedBy: tenant.ownerId, reason: "", now, expiresAt: null };
    await inOrg(tenant, (tx) => Bans.create(tx, tenant.orgId, ban));
    const outside = people.filter((id) => !members.some((member) => member.userId === id));
    expect(tally(await Promise.all(outside.map(join)))).toEqual({ passed: 2, quota_exceeded: 40 });
  });

  test("a quota lowered below what is there takes nothing away and lets nothing in", async () => {
    const tenant = await makeTenant(database);
    await setQuota(tenant, { channelsMax: 1 });
    const create = inOrg(tenant, (tx) =>
      Channels.create(tx, tenant.orgId, { name: "more", parentId: null, now }),
    );
    expect(await codeOf(create)).toBe("quota_exceeded");
    await inOrg(tenant, (tx) => Channels.remove(tx, tenant.orgId, tenant.channelId, { cascade: true }));
    expect(await inOrg(tenant, (tx) => Channels.list(tx, tenant.orgId))).toEqual([]);
  });

  test("250 roles and 100 entries of a channel are the most", async () => {
    const tenant = await makeTenant(database);
    await withSystem(database, (tx) =>
      tx.execute(sql`insert into roles (org_id, id, name, name_key, position, permissions)
        select ${tenant.orgId}, gen_random_uuid(), 'r' || n, 'r' || n, n + 10, 0 from generate_series(1, 248) n`),
    );
    const add = inOrg(tenant, (tx) => Roles.create(tx, tenant.orgId, { name: "one more", permissions: 0n }));
    expect(await codeOf(add)).toBe("quota_exceeded");
    const roles = await inOrg(tenant, (tx) => Roles.list(tx, tenant.orgId));
    const entries = roles.map(({ id }) => ({
      roleId: id,
      userId: null,
      allow: 1n,
      deny: 0n,
      appliesTo: "here" as const,
    }));
    const replace = (count: number) =>
      codeOf(
        inOrg(tenant, (tx) =>
          ChannelAcl.replace(tx, tenant.orgId, tenant.channelId, entries.slice(0, count)),
        ),
      );
    expect(await replace(101)).toBe("quota_exceeded");
    expect(await replace(100)).toBe("passed");
  });

  test("are nothing that a tenant's own transaction could raise, nor the counts", async () => {
    const tenant = await makeTenant(database);
    const raise = (values: string) =>
      inOrg(tenant, (tx) => tx.execute(sql.raw(`update organizations set ${values}`))).catch(sqlState);
    expect(await raise("members_max = 2000000000")).toBe("42501");
    expect(await raise("member_count = -5")).toBe("42501");
  });

  test("500 open invites are the most, also for those asked for at once", async () => {
    const tenant = await makeTenant(database);
    await withSystem(database, (tx) =>
      tx.execute(sql`insert into invites (org_id, id, code_hash, created_by, created_at, expires_at)
        select ${tenant.orgId}, gen_random_uuid(), sha256((${tenant.orgId} || n)::bytea), ${tenant.ownerId}, now(), now() + interval '1 day'
        from generate_series(1, 495) n`),
    );
    const input = {
      createdBy: tenant.ownerId,
      roleId: null,
      now,
      expiresAt: new Date(now.getTime() + 60_000),
      usesMax: 0,
    };
    const codes = await Promise.all(
      Array.from({ length: 12 }, () =>
        codeOf(
          inOrg(tenant, async (tx) => {
            // All have begun before the first counts.
            await Organizations.find(tx, tenant.orgId);
            return Invites.create(tx, tenant.orgId, {
              ...input,
              codeHash: crypto.getRandomValues(new Uint8Array(32)),
            });
          }),
        ),
      ),
    );
    expect(tally(codes)).toEqual({ passed: 5, quota_exceeded: 7 });
  });

  test("one person can't own more organisations than allowed, also not by asking many times at once", async () => {
    const ownerId = await makeUser(database);
    const make = (n: number) =>
      codeOf(
        withSystem(database, (tx) =>
          Organizations.create(tx, { tag: `OWN${n}`, name: "x", ownerId, everyone: 0n, now }),
        ),
      );
    expect(tally(await Promise.all(Array.from({ length: 60 }, (_, n) => make(n))))).toEqual({
      passed: 50,
      quota_exceeded: 10,
    });
  });
});

describe("ownership", () => {
  test("the owner can't leave, be banned or be deleted before somebody else owns the organisation", async () => {
    const tenant = await makeTenant(database);
    const { orgId, ownerId, memberId } = tenant;
    const ban = { userId: ownerId, bannedBy: memberId, reason: "", now, expiresAt: null };
    const leave = () => inOrg(tenant, (tx) => Memberships.leave(tx, orgId, ownerId));
    expect(await codeOf(leave())).toBe("owner_must_transfer");
    expect(await codeOf(inOrg(tenant, (tx) => Bans.create(tx, orgId, ban)))).toBe("owner_must_transfer");
    const removal = () => withSystem(database, (tx) => Users.remove(tx, ownerId));
    expect(await codeOf(removal())).toBe("owner_must_transfer");
    await inOrg(tenant, (tx) => Organizations.transfer(tx, orgId, memberId));
    expect(await removal()).toBe(true);
    expect(await inOrg(tenant, (tx) => Organizations.find(tx, orgId))).toMatchObject({
      ownerId: memberId,
      memberCount: 1,
    });
  });

  test("goes to active members only", async () => {
    const tenant = await makeTenant(database);
    const stranger = await makeUser(database);
    const transfer = (to: UserId) =>
      codeOf(inOrg(tenant, (tx) => Organizations.transfer(tx, tenant.orgId, to)));
    expect(await transfer(stranger)).toBe("not_found");
    await inOrg(tenant, (tx) => Memberships.leave(tx, tenant.orgId, tenant.memberId));
    expect(await transfer(tenant.memberId)).toBe("not_found");
  });

  test("transferred to somebody who is banned at the same moment ends with an active owner", async () => {
    for (let round = 0; round < 10; round++) {
      const tenant = await makeTenant(database);
      const { orgId, memberId, ownerId } = tenant;
      const ban = { userId: memberId, bannedBy: ownerId, reason: "", now, expiresAt: null };
      await Promise.all([
        codeOf(inOrg(tenant, (tx) => Organizations.transfer(tx, orgId, memberId))),
        codeOf(inOrg(tenant, (tx) => Bans.create(tx, orgId, ban))),
      ]);
      const org = await inOrg(tenant, (tx) => Organizations.find(tx, orgId));
      const owner = await inOrg(tenant, (tx) => Memberships.find(tx, orgId, org?.ownerId as UserId));
      expect(owner?.status).toBe("active");
    }
  });
});

describe("names", () => {
  test("of tags, channels and roles are one whatever their case or normal form", async () => {
    const tenant = await makeTenant(database);
    const { orgId, channelId, ownerId } = tenant;
    const channel = (name: string, parentId: ChannelId | null) =>
      codeOf(inOrg(tenant, (tx) => Channels.create(tx, orgId, { name, parentId, now })));
    expect(await channel("Zoë", null)).toBe("passed");
    expect(await channel("ZOE\u0308", null)).toBe("name_taken");
    expect(await channel("zoë", channelId)).toBe("passed");
    const role = (name: string) =>
      codeOf(inOrg(tenant, (tx) => Roles.create(tx, orgId, { name, permissions: 0n })));
    expect(await role("speaker")).toBe("name_taken");
    expect(await role("Everyone")).toBe("name_taken");
    const org = { tag: tenant.tag.toLowerCase(), name: "x", ownerId, everyone: 0n, now };
    expect(await codeOf(withSystem(database, (tx) => Organizations.create(tx, org)))).toBe("name_taken");
  });

  test.each([
    ["Zoë", "zoe\u0308"],
    ["İpek", "i̇PEK"],
    ["ALICE", "alice"],
  ])("of accounts: %s and %s are one", async (first, second) => {
    const create = (username: string) =>
      withSystem(database, (tx) => Users.create(tx, { username, passwordHash: "x", now }));
    expect(await create(first)).toBeDefined();
    expect(await create(second)).toBeUndefined();
    expect(await withSystem(database, (tx) => Users.findByUsername(tx, second))).toBeDefined();
  });
});

describe("roles", () => {
  test("made by eight at once all find a rank of their own", async () => {
    const tenant = await makeTenant(database);
    const make = (n: number) =>
      codeOf(
        inOrg(tenant, (tx) => Roles.create(tx, tenant.orgId, { name: `at once ${n}`, permissions: 0n })),
      );
    expect(tally(await Promise.all(Array.from({ length: 8 }, (_, n) => make(n))))).toEqual({ passed: 8 });
    const roles = await inOrg(tenant, (tx) => Roles.list(tx, tenant.orgId));
    expect(new Set(roles.map((role) => role.position)).size).toBe(10);
  });

  test("can be turned round in one statement, and everyone stays at the bottom for good", async () => {
    const tenant = await makeTenant(database);
    const { orgId, everyoneId } = tenant;
    for (const name of ["a", "b", "c"])
      await inOrg(tenant, (tx) => Roles.create(tx, orgId, { name, permissions: 0n }));
    const names = async () => (await inOrg(tenant, (tx) => Roles.list(tx, orgId))).map((role) => role.name);
    expect(await names()).toEqual(["everyone", "c", "b", "a", "Speaker"]);
    const ids = (await inOrg(tenant, (tx) => Roles.list(tx, orgId))).slice(1).map((role) => role.id);
    await inOrg(tenant, (tx) => Roles.reorder(tx, orgId, ids.reverse()));
    expect(await names()).toEqual(["everyone", "Speaker", "a", "b", "c"]);
    expect(await codeOf(inOrg(tenant, (tx) => Roles.remove(tx, orgId, everyoneId)))).toBe("forbidden");
  });

  test("that go take their entries and holders with them; unknown ones can't be given", async () => {
    const tenant = await makeTenant(database);
    const { orgId, roleId, memberId, channelId } = tenant;
    expect(await inOrg(tenant, (tx) => Roles.countHolders(tx, orgId, roleId))).toBe(1);
    await inOrg(tenant, (tx) => Roles.remove(tx, orgId, roleId));
    expect(await inOrg(tenant, (tx) => Roles.listHeld(tx, orgId, memberId))).toEqual([]);
    expect(
      (await inOrg(tenant, (tx) => ChannelAcl.list(tx, orgId, channelId))).map((entry) => entry.roleId),
    ).toEqual([null]);
    const unknown = crypto.randomUUID() as RoleId;
    expect(await codeOf(inOrg(tenant, (tx) => Roles.setHeld(tx, orgId, memberId, [unknown])))).toBe(
      "not_found",
    );
  });
});

describe("an organisation that is deleted", () => {
  test("takes all of its own with it and leaves its audit log and every account", async () => {
    const tenant = await makeTenant(database);
    const { orgId, memberId } = tenant;
    await inOrg(tenant, (tx) => AuditLog.append(tx, orgId, { at: now, action: "test" }));
    expect(await inOrg(tenant, (tx) => Organizations.remove(tx, orgId))).toBe(true);
    const left = await withSystem(database, async (tx) => {
      const tables = [
        "memberships",
        "roles",
        "user_roles",
        "channels",
        "channel_acl",
        "bans",
        "invites",
        "voice_rooms",
        "audit_log",
      ];
      const found: Record<string, number> = {};
      for (const table of tables) {
        const [row] = await rowsOf<{ n: number }>(
          tx,
          sql`select count(*)::int as n from ${sql.identifier(table)} where org_id = ${orgId}`,
        );
        if (row && row.n > 0) found[table] = row.n;
      }
      return found;
    });
    expect(left).toEqual({ audit_log: 1 });
    expect(await withSystem(database, (tx) => Users.find(tx, memberId))).toBeDefined();
  });
});

describe("a person who is deleted", () => {
  test("takes memberships, roles held and entries about them along", async () => {
    const tenant = await makeTenant(database);
    const { orgId, memberId, channelId, roleId } = tenant;
    await withSystem(database, (tx) => Users.remove(tx, memberId));
    expect(await inOrg(tenant, (tx) => Memberships.find(tx, orgId, memberId))).toBeUndefined();
    expect(
      (await inOrg(tenant, (tx) => ChannelAcl.list(tx, orgId, channelId))).map((entry) => entry.roleId),
    ).toEqual([roleId]);
    expect(await inOrg(tenant, (tx) => Organizations.find(tx, orgId))).toMatchObject({ memberCount: 1 });
  });
});
