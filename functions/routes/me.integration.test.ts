import { accountExportSchema, accountSchema, mySessionsResponseSchema } from "@parley/contract/accounts";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import * as Bans from "@parley/db/queries/bans";
import * as Invites from "@parley/db/queries/invites";
import * as Memberships from "@parley/db/queries/memberships";
import * as Roles from "@parley/db/queries/roles";
import * as Sessions from "@parley/db/queries/sessions";
import { withSystem } from "@parley/db/scope";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { PASSWORD, startApp, type TestApp } from "../testing/app.ts";
import { wholeDatabase } from "../testing/whole-database.ts";

let parley: TestApp;

beforeAll(async () => {
  parley = await startApp();
});
afterEach(() => {
  parley.clock.aheadMs = 0;
});
afterAll(() => parley.database.close());

const NEW_PASSWORD = "a wholly new passphrase";
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const sessionsOf = async (token: string) =>
  mySessionsResponseSchema.parse(await (await parley.get("/v1/me/sessions", token)).json()).sessions;
const actionsOf = async (userId: string) =>
  (await withSystem(parley.database, (tx) => AuditLog.listConcerning(tx, userId as never, 50))).map(
    ({ action }) => action,
  );

/** A member of the demo organisation. */
async function member(name: string) {
  const session = await parley.register(name);
  await withSystem(parley.database, (tx) => Memberships.join(tx, parley.orgId, session.user.id, new Date()));
  return session;
}

/** Of the demo organisation. */
async function transfer(token: string, userId: string): Promise<void> {
  const response = await parley.post(`/v1/orgs/${parley.orgId}/transfer`, { userId }, token);
  expect(response.status).toBe(204);
}

describe("sessions", () => {
  test("are listed, the newest first and the own one marked, and only the own person's", async () => {
    const one = await parley.register("dora");
    const two = await parley.login("dora", PASSWORD);
    const sessions = await sessionsOf(two.accessToken);
    expect(sessions.map(({ id, current }) => [id, current])).toEqual([
      [two.sessionId, true],
      [one.sessionId, false],
    ]);
  });

  test("show where a log-in came from", async () => {
    const headers = { "x-test-ip": "192.0.2.7", "user-agent": "Test/1" };
    const body = { username: "dora", password: PASSWORD };
    const response = await parley.send("POST", "/v1/auth/login", body, undefined, headers);
    const { accessToken } = (await response.json()) as { accessToken: string };
    expect((await sessionsOf(accessToken))[0]).toMatchObject({ ip: "192.0.2.7", userAgent: "Test/1" });
  });

  test("show where they were last refreshed from", async () => {
    const { refreshToken, accessToken } = await parley.login("dora", PASSWORD);
    const headers = { "x-test-ip": "198.51.100.8", "user-agent": "Elsewhere/2" };
    await parley.send("POST", "/v1/auth/refresh", { refreshToken }, undefined, headers);
    expect((await sessionsOf(accessToken))[0]).toMatchObject({
      ip: "198.51.100.8",
      userAgent: "Elsewhere/2",
    });
  });

  test("that were idle for too long are shown no more", async () => {
    await parley.login("dora", PASSWORD);
    parley.clock.aheadMs = 8 * 86_400_000;
    const { accessToken, sessionId } = await parley.login("dora", PASSWORD);
    expect((await sessionsOf(accessToken)).map(({ id }) => id)).toEqual([sessionId]);
  });

  test("can be ended one by one, which the nodes hear in every organisation, and an ended one is gone", async () => {
    const one = await member("erik");
    const two = await parley.login("erik", PASSWORD);
    const path = `/v1/me/sessions/${one.sessionId}`;
    const before = parley.told.rightsChanged;
    expect((await parley.send("DELETE", path, undefined, two.accessToken)).status).toBe(204);
    expect(parley.told.rightsChanged).toBe(before + 1);
    expect((await parley.get("/v1/me", one.accessToken)).status).toBe(401);
    expect((await parley.get("/v1/me", two.accessToken)).status).toBe(200);
    expect(await codeOf(await parley.send("DELETE", path, undefined, two.accessToken))).toBe("not_found");
    const told = await withSystem(parley.database, (tx) => AuthzChanges.listAfter(tx, 0, 1_000));
    expect(told.at(-1)).toMatchObject({ orgId: parley.orgId, kind: "session", sessionId: one.sessionId });
  });

  test("of others are out of reach, and live on", async () => {
    const alice = await parley.login("alice");
    const bob = await parley.login("bob");
    const path = `/v1/me/sessions/${alice.sessionId}`;
    expect(await codeOf(await parley.send("DELETE", path, undefined, bob.accessToken))).toBe("not_found");
    expect((await parley.get("/v1/me", alice.accessToken)).status).toBe(200);
  });

  test("all end with log-out everywhere", async () => {
    const one = await parley.register("frida");
    const two = await parley.login("frida", PASSWORD);
    expect((await parley.post("/v1/auth/logout-all", undefined, two.accessToken)).status).toBe(204);
    for (const { accessToken } of [one, two])
      expect((await parley.get("/v1/me", accessToken)).status).toBe(401);
    expect((await parley.post("/v1/auth/refresh", { refreshToken: one.refreshToken })).status).toBe(401);
  });

  test("beyond a hundred crowd out the oldest", async () => {
    const first = await parley.register("gert");
    const now = new Date();
    const expiresAt = new Date(now.getTime() + 3_600_000);
    for (let n = 0; n < 99; n++) {
      await withSystem(parley.database, (tx) =>
        Sessions.create(tx, { userId: first.user.id, now, expiresAt }),
      );
    }
    expect((await parley.get("/v1/me", first.accessToken)).status).toBe(200);
    const last = await parley.login("gert", PASSWORD);
    expect((await parley.get("/v1/me", first.accessToken)).status).toBe(401);
    expect((await sessionsOf(last.accessToken)).length).toBe(100);
  });
});

describe("what is hard to undo", () => {
  const attempts: [string, string, unknown][] = [
    ["PUT", "/v1/me/password", { password: NEW_PASSWORD }],
    ["PUT", "/v1/me/email", { email: "x@example.com" }],
    ["PATCH", "/v1/me", { username: "not.bob" }],
    ["DELETE", "/v1/me", undefined],
    ["POST", "/v1/me/totp", undefined],
    ["POST", "/v1/me/totp/confirm", { code: "123456" }],
    ["DELETE", "/v1/me/totp", undefined],
    ["POST", "/v1/me/passkeys/options", undefined],
    ["DELETE", "/v1/me/passkeys/abc", undefined],
  ];

  test.each(
    attempts,
  )("%s %s asks for a log-in of the last five minutes, refreshed tokens or not", async (...attempt) => {
    const [method, path, body] = attempt;
    const { refreshToken } = await parley.login("bob");
    parley.clock.aheadMs = 301_000;
    const response = await parley.post("/v1/auth/refresh", { refreshToken });
    const { accessToken } = (await response.json()) as { accessToken: string };
    expect(await codeOf(await parley.send(method, path, body, accessToken))).toBe("recent_login_required");
  });

  test("is let through after the password was given again, and not after a wrong one", async () => {
    const { accessToken } = await parley.register("hanna");
    parley.clock.aheadMs = 301_000;
    const prove = (password: string) => parley.post("/v1/auth/reauthenticate", { password }, accessToken);
    const change = () => parley.send("PUT", "/v1/me/password", { password: NEW_PASSWORD }, accessToken);
    expect(await codeOf(await prove("wrong"))).toBe("invalid_credentials");
    expect(await codeOf(await change())).toBe("recent_login_required");
    expect((await prove(PASSWORD)).status).toBe(204);
    expect((await change()).status).toBe(204);
  });
});

describe("the account", () => {
  test("takes another name that is free, and no other", async () => {
    const { accessToken } = await parley.register("ida");
    const rename = (username: string) => parley.send("PATCH", "/v1/me", { username }, accessToken);
    expect(await codeOf(await rename("ALICE"))).toBe("name_taken");
    expect(await codeOf(await rename("i"))).toBe("validation_failed");
    expect(accountSchema.parse(await (await rename("Ida.New")).json()).username).toBe("Ida.New");
    expect((await parley.login("ida.new", PASSWORD)).user.username).toBe("Ida.New");
  });

  test("has its password changed: the old one counts no more, other sessions end, this one goes on", async () => {
    const here = await parley.register("jan");
    const there = await parley.login("jan", PASSWORD);
    const response = await parley.send(
      "PUT",
      "/v1/me/password",
      { password: NEW_PASSWORD },
      here.accessToken,
    );
    expect(response.status).toBe(204);
    expect((await parley.get("/v1/me", there.accessToken)).status).toBe(401);
    expect((await parley.get("/v1/me", here.accessToken)).status).toBe(200);
    expect((await parley.post("/v1/auth/login", { username: "jan", password: PASSWORD })).status).toBe(401);
    await parley.background.settled(); // who fails doesn't wait for the audit row
    await parley.login("jan", NEW_PASSWORD);
    expect(await actionsOf(here.user.id)).toEqual([
      "session.log_in",
      "session.log_in_failed",
      "account.password_change",
      "session.log_in",
      "session.log_in",
      "account.register",
    ]);
  });

  test("keeps of a long user agent no more than fits a line", async () => {
    const headers = { "user-agent": "Long/".padEnd(10_000, "x") };
    const body = { username: "long-agent", password: PASSWORD };
    const response = await parley.send("POST", "/v1/auth/register", body, undefined, headers);
    const { accessToken } = (await response.json()) as { accessToken: string };
    await parley.send("PATCH", "/v1/me", { username: "long-agent2" }, accessToken, headers);
    const text = await (await parley.post("/v1/me/export", undefined, accessToken)).text();
    expect(text).toContain("Long/xxx");
    expect(text).not.toContain("x".repeat(257));
  });

  test("exports everything about its person and nothing of others'", async () => {
    const { accessToken, user } = await member("karl");
    const text = await (await parley.post("/v1/me/export", undefined, accessToken)).text();
    const data = accountExportSchema.parse(JSON.parse(text)) as Record<string, unknown[]>;
    expect(data.account).toMatchObject({ id: user.id, username: "karl" });
    expect(data.organizations).toMatchObject([{ tag: "DEMO" }]);
    expect(data.memberships).toMatchObject([{ orgId: parley.orgId, status: "active" }]);
    expect(data.sessions).toMatchObject([{ userId: user.id }]);
    expect(data.auditEvents?.map((event) => (event as { action: string }).action)).toEqual([
      "session.log_in",
      "account.register",
    ]);
    for (const secret of ["argon2", "tokenHash", "publicKey", "alice", "sealed"])
      expect(text).not.toContain(secret);
  });

  test("exports what stands about its person in every table that names people", async () => {
    const { accessToken, user } = await member("lotte");
    const now = new Date();
    const later = new Date(now.getTime() + 3_600_000);
    const roleId = await withSystem(parley.database, async (tx) => {
      const ban = { userId: user.id, bannedBy: user.id, reason: "canary reason", now, expiresAt: later };
      await Bans.create(tx, parley.orgId, ban);
      const role = await Roles.create(tx, parley.orgId, { name: "Choir", permissions: 0n, position: 1 });
      await Roles.setHeld(tx, parley.orgId, user.id, [role.id]);
      const invite = { createdBy: user.id, codeHash: new Uint8Array(32).fill(9), now, expiresAt: later };
      await Invites.create(tx, parley.orgId, { ...invite, roleId: null, usesMax: 0 });
      return role.id;
    });
    await parley.post("/v1/me/totp", undefined, accessToken);
    const response = await parley.post("/v1/me/export", undefined, accessToken);
    expect(await response.json()).toMatchObject({
      authenticatorApp: { confirmedAt: null },
      organizationsOwned: [],
      memberships: [{ ban: { reason: "canary reason" }, invites: [{ usesMax: 0 }], roleIds: [roleId] }],
    });

    /** Where it is in the export, or why it isn't. Whoever adds a table that names people decides here. */
    const tables: Record<string, string> = {
      audit_log: "auditEvents",
      bans: "memberships[].ban",
      channel_acl: "channelAccess",
      invites: "memberships[].invites",
      memberships: "memberships",
      organizations: "organizations, organizationsOwned",
      passkeys: "passkeys",
      recovery_codes: "account.recoveryCodesLeft: the rest is hashes",
      sessions: "sessions",
      totp_secrets: "authenticatorApp: the rest is a secret",
      user_roles: "memberships[].roleIds",
      email_tokens: "account.pendingEmail: the rest is hashes",
      authz_changes: "none: what nodes are told of, gone within days, said by auditEvents, too",
      idempotency_keys: "none: answers of a day, to questions of theirs about what stands elsewhere",
      passkey_challenges: "none: random, gone in five minutes",
    };
    const named = await withSystem(parley.database, (tx) =>
      tx.execute(
        "select distinct table_name as name from information_schema.columns where table_schema = 'public' and column_name in ('user_id', 'owner_id', 'created_by', 'banned_by', 'actor_id')",
      ),
    );
    const names = (named as unknown as { rows: { name: string }[] }).rows.map(({ name }) => name);
    expect(names.sort()).toEqual(Object.keys(tables).sort());
  });

  test("exports all that was ever done by its person, each once, however long ago", async () => {
    const { accessToken, user } = await parley.register("manfred");
    const count = 2_001;
    await withSystem(parley.database, (tx) =>
      tx.execute(sql`
        insert into audit_log (chain_id, id, at, actor_id, action, after)
        select ${user.id}::uuid, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, now(), ${user.id}::uuid,
          'test.event', to_jsonb(n)
        from generate_series(1, ${count}::int) n`),
    );
    const response = await parley.post("/v1/me/export", undefined, accessToken);
    const { auditEvents } = (await response.json()) as { auditEvents: { action: string; after: unknown }[] };
    const events = auditEvents.filter(({ action }) => action === "test.event");
    expect(events.map(({ after }) => after)).toEqual(Array.from({ length: count }, (_, n) => count - n));
    expect(auditEvents.at(0)?.action).toBe("session.log_in");
  });

  test("exports of a change what names its person, and not the other one", async () => {
    const owner = await parley.login("demo");
    const heir = await member("otto");
    await transfer(owner.accessToken, heir.user.id);
    await transfer(heir.accessToken, owner.user.id);
    const response = await parley.post("/v1/me/export", undefined, heir.accessToken);
    const { auditEvents } = (await response.json()) as {
      auditEvents: { action: string; personal: object }[];
    };
    const transfers = auditEvents.filter(({ action }) => action === "organization.transfer");
    expect(transfers.map(({ personal }) => personal)).toEqual([
      { actorName: "otto", ip: expect.any(String) },
      { targetName: "otto" },
    ]);
  });

  test("of an owner stays until what they own is transferred", async () => {
    const { accessToken } = await parley.login("demo");
    const response = await parley.send("DELETE", "/v1/me", undefined, accessToken);
    expect(await response.json()).toMatchObject({
      code: "owner_must_transfer",
      detail: expect.stringContaining("DEMO"),
    });
    expect((await parley.get("/v1/me", accessToken)).status).toBe(200);
  });

  test("once deleted is nowhere but as a bare id in the audit logs, whose chains hold, and nodes are told", async () => {
    const headers = { "x-test-ip": "198.51.100.99", "user-agent": "Canary/9" };
    const { accessToken, user } = await member("Leonie-Canary");
    const body = { username: "leonie-canary", password: PASSWORD };
    await parley.send("POST", "/v1/auth/login", body, undefined, headers);
    await parley.send("PUT", "/v1/me/email", { email: "leonie-canary@example.com" }, accessToken);
    const owner = await parley.login("demo");
    await transfer(owner.accessToken, user.id);
    await transfer(accessToken, owner.user.id);
    await parley.background.settled();
    expect((await parley.send("DELETE", "/v1/me", undefined, accessToken)).status).toBe(204);
    await parley.background.settled();
    expect((await parley.get("/v1/me", accessToken)).status).toBe(401);
    expect((await parley.post("/v1/auth/login", body)).status).toBe(401);

    const everything = await wholeDatabase(parley.database);
    expect(everything).toContain("alice");
    for (const trace of [/leonie-canary/i, /198\.51\.100\.99/, /Canary\/9/])
      expect(everything).not.toMatch(trace);
    expect(await actionsOf(user.id)).toEqual(
      expect.arrayContaining(["account.delete", "session.log_in", "account.register"]),
    );
    const state = (chain: string) => withSystem(parley.database, (tx) => AuditLog.verify(tx, chain as never));
    for (const chain of [user.id, parley.orgId]) expect((await state(chain)).brokenAt).toBeNull();
    const told = await withSystem(parley.database, (tx) => AuthzChanges.listAfter(tx, 0, 10_000));
    expect(told.at(-1)).toMatchObject({ orgId: parley.orgId, kind: "account", userId: user.id });
    await parley.register("leonie-canary");
  });
});

test("no request of this file made a bug show", () => {
  expect(parley.errors).toEqual([]);
});
