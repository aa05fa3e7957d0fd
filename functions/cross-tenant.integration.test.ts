/**
 * The wall between tenants, from the app's own route table: every id in path, body, query and cursor is replaced
 * by another tenant's. A route that isn't classified here fails.
 */
import type { ChannelId, OrganizationId, ParticipantId, UserId } from "@parley/contract/ids";
import { ALL, VIEW } from "@parley/contract/permissions";
import { withSystem } from "@parley/db/scope";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { READY_NODE, startApp, type TestApp } from "./testing/app.ts";
import {
  makeOrganization,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "./testing/organization.ts";

/** What stands in a tenant's paths and bodies, by the names of path parameters and a few more. */
interface Fixture {
  org: OrganizationId;
  tag: string;
  user: string;
  banned: string;
  role: string;
  channel: ChannelId;
  sibling: ChannelId;
  /** Below the sibling. */
  niece: ChannelId;
  invite: string;
  membersCursor: string;
  bansCursor: string;
  auditCursor: string;
  verifyCursor: string;
}

/** Ids beyond those of the path, as they are in the tenant's own request. */
interface Tenanted {
  body?: (own: Fixture) => object;
  /** Another one, where one body can't name all that may be named. */
  orBody?: (own: Fixture) => object;
  query?: (own: Fixture) => Record<string, string>;
}

const classified: Record<string, Tenanted> = {
  "GET /v1/orgs/by-tag/:tag": {},
  "GET /v1/orgs/:org": {},
  "PATCH /v1/orgs/:org": { body: () => ({ name: "Renamed" }) },
  "GET /v1/orgs/:org/usage": {},
  "POST /v1/orgs/:org/transfer": { body: ({ user }) => ({ userId: user }) },
  "DELETE /v1/orgs/:org": {},
  "GET /v1/orgs/:org/members": { query: ({ role, membersCursor }) => ({ role, cursor: membersCursor }) },
  "PATCH /v1/orgs/:org/members/:user": { body: ({ role }) => ({ roleIds: [role] }) },
  "PUT /v1/orgs/:org/members/:user/roles/:role": {},
  "DELETE /v1/orgs/:org/members/:user/roles/:role": {},
  "DELETE /v1/orgs/:org/members/:user": {},
  "PUT /v1/orgs/:org/members/:user/ban": { body: () => ({ reason: "x" }) },
  "DELETE /v1/orgs/:org/members/:user/ban": {},
  "GET /v1/orgs/:org/bans": { query: ({ bansCursor }) => ({ cursor: bansCursor }) },
  "PUT /v1/orgs/:org/members/:user/timeout": { body: () => ({ durationSeconds: 60 }) },
  "DELETE /v1/orgs/:org/members/:user/timeout": {},
  "GET /v1/orgs/:org/roles": {},
  "POST /v1/orgs/:org/roles": { body: () => ({ name: "New", permissions: "1" }) },
  "PUT /v1/orgs/:org/roles/order": { body: ({ role }) => ({ roleIds: [role] }) },
  "PATCH /v1/orgs/:org/roles/:role": { body: () => ({ name: "Renamed" }) },
  "DELETE /v1/orgs/:org/roles/:role": {},
  "GET /v1/orgs/:org/invites": {},
  "POST /v1/orgs/:org/invites": { body: () => ({}) },
  "DELETE /v1/orgs/:org/invites/:invite": {},
  "GET /v1/orgs/:org/channels": {},
  "POST /v1/orgs/:org/channels": { body: ({ channel }) => ({ name: "New", parentId: channel }) },
  "GET /v1/orgs/:org/channels/:channel": {},
  "PATCH /v1/orgs/:org/channels/:channel": { body: () => ({ topic: "x" }) },
  "DELETE /v1/orgs/:org/channels/:channel": { query: () => ({ cascade: "true" }) },
  "POST /v1/orgs/:org/channels/:channel/move": {
    body: ({ sibling, niece }) => ({ parentId: sibling, afterId: niece }),
    orBody: ({ sibling }) => ({ parentId: null, afterId: sibling }),
  },
  "PUT /v1/orgs/:org/channels/:channel/password": { body: () => ({ password: "x" }) },
  "DELETE /v1/orgs/:org/channels/:channel/password": {},
  "GET /v1/orgs/:org/channels/:channel/acl": {},
  "PUT /v1/orgs/:org/channels/:channel/acl": {
    body: ({ role, user }) => ({
      inherit: true,
      entries: [
        { subject: { type: "role", id: role }, allow: "1", deny: "0" },
        { subject: { type: "user", id: user }, allow: "1", deny: "0" },
      ],
    }),
  },
  "GET /v1/orgs/:org/channels/:channel/permissions/:user": {},
  "POST /v1/orgs/:org/channels/:channel/join": { body: () => ({}) },
  "GET /v1/orgs/:org/voice": {},
  "POST /v1/orgs/:org/voice/:user/disconnect": {},
  "GET /v1/orgs/:org/audit-log": {
    query: ({ user, channel, auditCursor }) => ({
      actor: user,
      target: channel,
      cursor: auditCursor,
      since: "2020-01-01T00:00:00Z",
      until: "2120-01-01T00:00:00Z",
    }),
  },
  "GET /v1/orgs/:org/audit-log/verify": { query: ({ verifyCursor }) => ({ cursor: verifyCursor }) },
};

/** Of no tenant: a person's own account, making a tenant, and the codes that are made to be passed on. */
const ofNoTenant = [
  /^GET \/v1\/settings$/,
  /^\w+ \/v1\/auth\//,
  /^\w+ \/v1\/me(\/|$)/,
  /^POST \/v1\/orgs$/,
  /^\w+ \/v1\/invites\/:code/,
];
/** Where the path's user must be another one than usual for the tenant's own request to make sense. */
const ON_THE_BANNED = ["DELETE /v1/orgs/:org/members/:user/ban"];

let parley: TestApp;
let own: { organization: TestOrganization; fixture: Fixture };
let other: { organization: TestOrganization; fixture: Fixture };
let people: Record<
  "owner" | "member" | "outcast" | "otherOwner" | "otherMember" | "otherOutcast",
  TestPerson
>;
let made = 0;

beforeAll(async () => {
  parley = await startApp();
  const names = ["owner", "member", "outcast", "otherOwner", "otherMember", "otherOutcast"] as const;
  const registered = await Promise.all(names.map((name) => registerPerson(parley, name)));
  people = Object.fromEntries(names.map((name, n) => [name, registered[n]])) as typeof people;
  other = await makeTenant(people.otherOwner, people.otherMember, people.otherOutcast);
});
afterAll(() => parley.database.close());

async function makeTenant(owner: TestPerson, member: TestPerson, outcast: TestPerson) {
  const organization = await makeOrganization(parley, owner, `TENANT${++made}`);
  for (const person of [member, outcast]) await organization.join(person);
  const role = await organization.role("Role", ALL & ~VIEW);
  const channel = await organization.channel("Channel");
  const sibling = await organization.channel("Sibling");
  const niece = await organization.channel("Niece", sibling);
  await organization.ask(owner, "PUT", `/members/${outcast.id}/ban`, { reason: "" });
  const { id: invite } = await organization.ask<{ id: string }>(owner, "POST", "/invites", {});
  const cursorOf = async (path: string) =>
    (await organization.ask<{ nextCursor: string }>(owner, "GET", `${path}?limit=1`)).nextCursor;
  const [membersCursor, bansCursor, auditCursor, verifyCursor] = await Promise.all(
    ["/members", "/bans", "/audit-log", "/audit-log/verify"].map(cursorOf),
  );
  const fixture = {
    org: organization.id,
    tag: `TENANT${made}`,
    user: member.id,
    banned: outcast.id,
    role,
    channel,
    sibling,
    niece,
    invite,
    membersCursor,
    bansCursor,
    auditCursor,
    verifyCursor,
  } as Fixture;
  return { organization, fixture };
}

const putIntoVoice = ({ org, user, channel }: Fixture): Promise<void> =>
  parley.directory.setPresence(READY_NODE.id, org, [
    {
      channelId: channel,
      participantId: "1" as ParticipantId,
      userId: user as UserId,
      name: "member",
      muted: false,
    },
  ]);

interface Request {
  path: string;
  query: Record<string, string>;
  body: object | undefined;
}

function ownRequest(route: string, spec: Tenanted, fixture: Fixture): Request {
  const values = ON_THE_BANNED.includes(route) ? { ...fixture, user: fixture.banned } : fixture;
  const [, path = ""] = route.split(" ");
  return {
    path: path.replaceAll(/:(\w+)/g, (_, name: keyof Fixture) => values[name]),
    query: spec.query?.(fixture) ?? {},
    body: spec.body?.(fixture),
  };
}

/** One request for each id of the own one, with that id alone replaced. */
function foreignRequests(request: Request): [string, Request][] {
  const text = JSON.stringify(request);
  return (Object.keys(own.fixture) as (keyof Fixture)[])
    .filter((key) => text.includes(own.fixture[key]))
    .map((key) => [key, JSON.parse(text.replaceAll(own.fixture[key], other.fixture[key])) as Request]);
}

async function send(
  method: string,
  { path, query, body }: Request,
): Promise<{ status: number; text: string }> {
  const search = Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : "";
  const response = await parley.send(method, `${path}${search}`, body, people.owner.token);
  return { status: response.status, text: await response.text() };
}

/** Every row of a tenant, in every table that has tenants. */
const rowsOf = (orgId: OrganizationId): Promise<string> =>
  withSystem(parley.database, async (tx) => {
    const read = async (query: ReturnType<typeof sql>) =>
      ((await tx.execute(query)) as unknown as { rows: { text: string }[] }).rows.map(({ text }) => text);
    const tables = await read(
      sql`select table_name::text as text from information_schema.columns
          where table_schema = 'public' and column_name = 'org_id' order by 1`,
    );
    const rows = await read(sql`select to_jsonb(t)::text as text from organizations t where id = ${orgId}`);
    for (const table of tables) {
      const named = sql.identifier(table);
      rows.push(
        ...(await read(
          sql`select to_jsonb(t)::text as text from ${named} t where org_id = ${orgId} order by 1`,
        )),
      );
    }
    return rows.join("\n");
  });

test("every route is classified, and nothing is that isn't there", () => {
  const served = parley.app.routes
    .filter((route) => route.method !== "ALL" && route.path.startsWith("/v1/"))
    .map((route) => `${route.method} ${route.path}`);
  const tenanted = [...new Set(served)].filter((route) => !ofNoTenant.some((form) => form.test(route)));
  expect(tenanted.toSorted()).toEqual(Object.keys(classified).toSorted());
});

describe.each(Object.entries(classified))("%s", (route, spec) => {
  test("knows no id of another tenant, and works with its own", async () => {
    own = await makeTenant(people.owner, people.member, people.outcast);
    for (const { fixture } of [own, other]) await putIntoVoice(fixture);
    const before = await rowsOf(other.fixture.org);
    expect(before.length).toBeGreaterThan(1_000);
    const [method = ""] = route.split(" ");
    const request = ownRequest(route, spec, own.fixture);
    const second = spec.orBody && { ...request, body: spec.orBody(own.fixture) };
    const foreign = [request, ...(second ? [second] : [])].flatMap(foreignRequests);
    expect(foreign.length).toBeGreaterThan(0);
    const theirIds = Object.values(other.fixture);
    for (const [key, swapped] of foreign) {
      const { status, text } = await send(method, swapped);
      expect([key, status]).toEqual([key, 404]);
      for (const id of theirIds) expect(text).not.toContain(id);
    }
    expect(await rowsOf(other.fixture.org)).toBe(before);
    // Else a 404 would say nothing: the very same request, in its own tenant, is a good one.
    for (const good of second ? [second, request] : [request]) {
      const answer = await send(method, good);
      expect([answer.status, answer.text]).toEqual([expect.toSatisfy((status) => status < 300), answer.text]);
    }
  });
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
