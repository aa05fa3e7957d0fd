import { type AuditEntry, auditLogPageSchema, auditVerifyResponseSchema } from "@parley/contract/audit-log";
import { VIEW_AUDIT_LOG } from "@parley/contract/permissions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import {
  makeOrganization,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "../testing/organization.ts";

let parley: TestApp;
let organization: TestOrganization;
let owner: TestPerson;
let auditor: TestPerson;
let member: TestPerson;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  auditor = await registerPerson(parley, "auditor");
  member = await registerPerson(parley, "member");
  organization = await makeOrganization(parley, owner, "ACME");
  for (const person of [auditor, member]) await organization.join(person);
  await organization.assign(auditor, await organization.role("Auditor", VIEW_AUDIT_LOG));
  await organization.channel("New");
  await organization.ask(owner, "PUT", `/members/${member.id}/ban`, { reason: "they know why" });
});
afterAll(() => parley.database.close());

const page = async (query: string) =>
  auditLogPageSchema.parse(await organization.ask(auditor, "GET", `/audit-log?${query}`));
const actions = (items: readonly AuditEntry[]) => items.map(({ action }) => action);

test("every change is there, the newest first, page by page", async () => {
  const all: AuditEntry[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { items, nextCursor } = await page(`limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
    all.push(...items);
    cursor = nextCursor;
  }
  expect(actions(all)).toEqual([
    "member.ban",
    "channel.create",
    "member.update",
    "role.create",
    "member.join",
    "invite.create",
    "member.join",
    "invite.create",
    "organization.create",
  ]);
  expect(all[0]).toMatchObject({
    actor: { userId: owner.id, username: "owner" },
    target: { type: "user", id: member.id, name: "member" },
    reason: "they know why",
    outcome: "done",
  });
});

test("filters work alone and together", async () => {
  expect(actions((await page("action=member.join")).items)).toEqual(["member.join", "member.join"]);
  expect(actions((await page(`action=member.join&actor=${member.id}`)).items)).toEqual(["member.join"]);
  expect(actions((await page(`target=${member.id}`)).items)).toEqual(["member.ban", "member.join"]);
  expect((await page(`since=${new Date(Date.now() + 60_000).toISOString()}`)).items).toEqual([]);
  expect((await page("outcome=done")).items).toHaveLength(9);
  expect(await organization.outcome(auditor, "GET", "/audit-log?action=nothing")).toBe(
    "422 validation_failed",
  );
});

test("reading it needs VIEW_AUDIT_LOG", async () => {
  const plain = await registerPerson(parley, "plain");
  await organization.join(plain);
  for (const path of ["/audit-log", "/audit-log/verify"]) {
    expect(await organization.outcome(plain, "GET", path)).toBe("403 forbidden");
    expect(await organization.outcome(member, "GET", path)).toBe("404 not_found");
  }
});

const verify = async (query = "") =>
  auditVerifyResponseSchema.parse(await organization.ask(auditor, "GET", `/audit-log/verify${query}`));

/** From the oldest, by so many at a time; `between` runs before the second part. */
async function verifyInParts(limit: number, between: () => Promise<unknown> = async () => {}) {
  const first = await verify(`?limit=${limit}`);
  await between();
  const parts = [first];
  for (let at = first; at.nextCursor !== null && parts.length < 100; ) {
    at = await verify(`?limit=${limit}&cursor=${at.nextCursor}`);
    parts.push(at);
  }
  return parts;
}

test("a long log is verified in parts, each going on where the last one stopped", async () => {
  const { entries } = await verify();
  for (const limit of [1, 4, entries - 1, entries, entries + 1]) {
    const parts = await verifyInParts(limit);
    expect(parts.every((part) => part.intact && part.entries === entries)).toBe(true);
    // A part that ends with the log can't know that yet.
    expect(parts).toHaveLength(Math.floor(entries / limit) + 1);
  }
  expect(await organization.outcome(auditor, "GET", "/audit-log/verify?limit=10001")).toBe(
    "422 validation_failed",
  );
  const { nextCursor } = await page("limit=1");
  expect(await organization.outcome(auditor, "GET", `/audit-log/verify?cursor=${nextCursor}`)).toBe(
    "400 bad_request",
  );
});

const behindOurBack = (change: string) =>
  parley.database.driver.withConnection(async ({ run }) => {
    await run("alter table audit_log disable trigger audit_log_append_only");
    await run(`alter table audit_log no force row level security`);
    await run(change);
    await run("alter table audit_log enable trigger audit_log_append_only");
  });

test("a row that is changed behind our back is named, also between two parts", async () => {
  const whole = await verify();
  expect(whole).toMatchObject({ intact: true, brokenAt: null });
  const [victim] = (await page("action=channel.create")).items;
  const change = (action: string) => () =>
    behindOurBack(`update audit_log set action = '${action}' where id = '${victim?.id}'`);
  await change("channel.delete")();
  const broken = { intact: false, entries: whole.entries, brokenAt: victim?.id, nextCursor: null };
  expect(await verify()).toEqual(broken);
  expect((await verifyInParts(3)).at(-1)).toEqual(broken);
  await change("channel.create")();
  expect(await verify()).toEqual(whole);

  // A row that was read already is forged, and the one behind it made to fit: it doesn't follow from what was read.
  const { items } = await page("limit=100");
  const [second, first] = [items.at(-2), items.at(-1)];
  const parts = await verifyInParts(1, () =>
    behindOurBack(
      `update audit_log l set hash = sha256('forged') where id = '${first?.id}';
       update audit_log l set previous_hash = sha256('forged') where id = '${second?.id}';
       update audit_log l set hash = audit_row_hash(l) where id = '${second?.id}'`,
    ),
  );
  expect(parts.at(-1)).toMatchObject({ intact: false, brokenAt: second?.id });
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
