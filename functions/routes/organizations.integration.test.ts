import { ORGANIZATIONS_PER_OWNER_MAX } from "@parley/contract/limits";
import { organizationDetailSchema, usageResponseSchema } from "@parley/contract/organizations";
import { ALL } from "@parley/contract/permissions";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import * as Organizations from "@parley/db/queries/organizations";
import { withSystem } from "@parley/db/scope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import {
  makeOrganization,
  PASSWORD,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "../testing/organization.ts";

let parley: TestApp;
let owner: TestPerson;
let member: TestPerson;
let stranger: TestPerson;
let organization: TestOrganization;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  member = await registerPerson(parley, "member");
  stranger = await registerPerson(parley, "stranger");
  organization = await makeOrganization(parley, owner, "ACME");
  await organization.join(member);
});
afterAll(() => parley.database.close());

test("a new organisation belongs to its maker, has a channel, and is listed as theirs", async () => {
  const detail = organizationDetailSchema.parse(await organization.ask(owner, "GET", ""));
  expect(detail).toMatchObject({ tag: "ACME", ownerId: owner.id, permissions: ALL.toString() });
  const { channels } = await organization.ask<{ channels: unknown[] }>(owner, "GET", "/channels");
  expect(channels).toHaveLength(1);
  const mine = await parley.get("/v1/me/organizations", owner.token);
  expect(await mine.json()).toMatchObject({ organizations: [{ tag: "ACME" }] });
});

test("a tag is taken once, in whatever case", async () => {
  const again = await parley.post("/v1/orgs", { name: "Other", tag: "acme" }, stranger.token);
  expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([409, "name_taken"]);
});

test("by its tag members find an organisation, strangers find nothing", async () => {
  const found = await parley.get("/v1/orgs/by-tag/acme", member.token);
  expect(organizationDetailSchema.parse(await found.json()).id).toBe(organization.id);
  expect((await parley.get("/v1/orgs/by-tag/acme", stranger.token)).status).toBe(404);
  expect((await parley.get("/v1/orgs/by-tag/none", member.token)).status).toBe(404);
});

test.each([
  ["GET", "", undefined],
  ["PATCH", "", { name: "Mine" }],
  ["DELETE", "", undefined],
  ["GET", "/usage", undefined],
])("%s %s is not found for a stranger and needs a log-in", async (method, rest, body) => {
  expect(await organization.outcome(stranger, method, rest, body)).toBe("404 not_found");
  expect((await parley.send(method, organization.path(rest), body)).status).toBe(401);
});

test("renaming needs MANAGE_ORG", async () => {
  expect(await organization.outcome(member, "PATCH", "", { name: "Mine" })).toBe("403 forbidden");
  const renamed = await organization.ask(owner, "PATCH", "", { name: "Acme Inc", tag: "acme2" });
  expect(renamed).toMatchObject({ name: "Acme Inc", tag: "ACME2" });
  expect(await organization.outcome(owner, "PATCH", "", {})).toBe("422 validation_failed");
});

test("usage counts against the quotas", async () => {
  const usage = usageResponseSchema.parse(await organization.ask(member, "GET", "/usage"));
  expect([usage.members.used, usage.channels.used, usage.concurrentVoices.used]).toEqual([2, 1, 0]);
});

test("ownership goes to a member alone, by the owner alone, after a recent log-in", async () => {
  const to = (person: TestPerson) => ({ userId: person.id });
  expect(await organization.outcome(member, "POST", "/transfer", to(member))).toBe("403 forbidden");
  expect(await organization.outcome(owner, "POST", "/transfer", to(stranger))).toBe("404 not_found");
  parley.clock.aheadMs = 301_000;
  const late = await organization.outcome(owner, "POST", "/transfer", to(member));
  const lateDelete = await organization.outcome(owner, "DELETE", "");
  parley.clock.aheadMs = 0;
  expect([late, lateDelete]).toEqual(["403 recent_login_required", "403 recent_login_required"]);
  expect(await organization.outcome(owner, "POST", "/transfer", to(member))).toBe("204");
  expect(await organization.outcome(owner, "DELETE", "")).toBe("403 forbidden");
  expect(await organization.outcome(member, "POST", "/transfer", to(owner))).toBe("204");
});

test("who has left or is banned is handed nothing", async () => {
  const [left, banned] = [await registerPerson(parley, "left"), await registerPerson(parley, "banned")];
  for (const person of [left, banned]) await organization.join(person);
  await organization.ask(left, "DELETE", `/members/${left.id}`);
  await organization.ask(owner, "PUT", `/members/${banned.id}/ban`, { reason: "" });
  for (const { id } of [left, banned])
    expect(await organization.outcome(owner, "POST", "/transfer", { userId: id })).toBe("404 not_found");
  expect(await organization.ask(owner, "GET", "")).toMatchObject({ ownerId: owner.id });
});

test("who isn't the owner and tries to take over or delete leaves a trace", async () => {
  for (const [method, rest] of [
    ["POST", "/transfer"],
    ["DELETE", ""],
  ] as const) {
    const body = method === "POST" ? { userId: member.id } : undefined;
    expect(await organization.outcome(member, method, rest, body)).toBe("403 forbidden");
  }
  const query = `/audit-log?outcome=denied&actor=${member.id}&limit=2`;
  const { items } = await organization.ask<{ items: object[] }>(owner, "GET", query);
  const after = { refused: "owner_only" };
  expect(items).toMatchObject([
    { action: "organization.delete", after },
    { action: "organization.transfer", after },
  ]);
});

test("handing over ends the former owner's other sessions, and tells the calls of both", async () => {
  const other = await parley.login(owner.name, PASSWORD);
  const theirs = await parley.login(member.name, PASSWORD);
  const before = await withSystem(parley.database, AuthzChanges.lastSeq);
  expect(await organization.outcome(owner, "POST", "/transfer", { userId: member.id })).toBe("204");
  const status = async (token: string) => (await parley.get("/v1/me", token)).status;
  expect([
    await status(other.accessToken),
    await status(owner.token),
    await status(theirs.accessToken),
  ]).toEqual([401, 200, 200]);
  const rows = await withSystem(parley.database, (tx) => AuthzChanges.listAfter(tx, before, 100));
  const told = rows
    .filter(({ orgId }) => orgId === organization.id)
    .map(({ kind, userId }) => `${kind} ${userId}`);
  expect(new Set(told)).toEqual(
    new Set([`rights ${owner.id}`, `rights ${member.id}`, `session ${owner.id}`]),
  );
  const query = `/audit-log?action=organization.transfer&outcome=done&target=${member.id}&limit=1`;
  const { items } = await organization.ask<{ items: object[] }>(member, "GET", query);
  expect(items).toMatchObject([{ target: { type: "user", id: member.id, name: member.name } }]);
  await organization.ask(member, "POST", "/transfer", { userId: owner.id });
});

test("nobody is handed more organisations than they may own", async () => {
  const rich = await registerPerson(parley, "rich");
  await organization.join(rich);
  await withSystem(parley.database, async (tx) => {
    for (let n = 0; n < ORGANIZATIONS_PER_OWNER_MAX; n++) {
      const input = { tag: `RICH${n}`, name: "x", ownerId: rich.id, everyone: 0n, now: new Date() };
      await Organizations.create(tx, input);
    }
  });
  const transfer = () => organization.outcome(owner, "POST", "/transfer", { userId: rich.id });
  expect(await transfer()).toBe("409 quota_exceeded");
  const one = await parley.get("/v1/orgs/by-tag/RICH1", rich.token);
  const { id } = (await one.json()) as { id: string };
  expect((await parley.send("DELETE", `/v1/orgs/${id}`, undefined, rich.token)).status).toBe(204);
  expect(await transfer()).toBe("204");
  await organization.ask(rich, "POST", "/transfer", { userId: owner.id });
});

test("a deleted organisation is gone for its members", async () => {
  const doomed = await makeOrganization(parley, owner, "DOOMED");
  await doomed.join(member);
  expect(await doomed.outcome(member, "DELETE", "")).toBe("403 forbidden");
  expect(await doomed.outcome(owner, "DELETE", "")).toBe("204");
  expect(await doomed.outcome(member, "GET", "")).toBe("404 not_found");
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
