import { type CreatedInvite, createdInviteSchema, invitePreviewSchema } from "@parley/contract/invites";
import { CREATE_INVITE, MANAGE_ORG } from "@parley/contract/permissions";
import * as Organizations from "@parley/db/queries/organizations";
import { rowsOf } from "@parley/db/rows";
import { withOrg } from "@parley/db/scope";
import { onDrivers } from "@parley/db/testing/on-drivers";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
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
let host: TestPerson;
let guests: TestPerson[];

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  host = await registerPerson(parley, "host");
  guests = await Promise.all(["g1", "g2", "g3", "g4"].map((name) => registerPerson(parley, name)));
  organization = await makeOrganization(parley, owner, "ACME");
  await organization.join(host);
  await organization.assign(host, await organization.role("Host", CREATE_INVITE));
});
afterAll(() => parley.database.close());

const make = async (person: TestPerson, body: object = {}): Promise<CreatedInvite> =>
  createdInviteSchema.parse(await organization.ask(person, "POST", "/invites", body));
const accept = async (code: string, person: TestPerson) =>
  (await parley.post(`/v1/invites/${code}/accept`, undefined, person.token)).status;

test("a stranger with the code sees where it leads, and nothing else", async () => {
  const { code } = await make(host);
  const preview = invitePreviewSchema.parse(await (await parley.get(`/v1/invites/${code}`)).json());
  expect(preview).toMatchObject({ organization: { tag: "ACME" }, members: 2, invitedBy: "host" });
  expect((await parley.get(`/v1/invites/${"A".repeat(22)}`)).status).toBe(404);
  expect((await parley.get("/v1/invites/short")).status).toBe(422);
});

test("of many who race for its last use, one gets in", async () => {
  const { code, id } = await make(owner, { usesMax: 1 });
  const statuses = await Promise.all(guests.map((guest) => accept(code, guest)));
  expect(statuses.toSorted()).toEqual([200, 404, 404, 404]);
  const usage = await organization.ask<{ members: { used: number } }>(owner, "GET", "/usage");
  expect(usage.members.used).toBe(3);
  const { invites } = await organization.ask<{ invites: { id: string }[] }>(owner, "GET", "/invites");
  expect(invites.map((invite) => invite.id)).not.toContain(id);
});

onDrivers(["postgres", "neon"], () =>
  test("of those who saw the last use still free at the same moment, one gets in", async () => {
    const { code } = await make(owner, { usesMax: 1 });
    const people = await Promise.all(["r1", "r2", "r3"].map((name) => registerPerson(parley, name)));
    const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = withOrg(parley.database, organization.id, async (tx) => {
      await Organizations.lock(tx, organization.id);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const asked = Promise.all(people.map((person) => accept(code, person)));
    // All have looked the invite up and wait for their turn.
    await vi.waitFor(async () => {
      const [row] = await parley.database.driver.withConnection(({ tx }) =>
        rowsOf<{ waiting: number }>(
          tx,
          sql`select count(*)::int as waiting from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock'`,
        ),
      );
      expect(row?.waiting).toBe(people.length);
    }, 5_000);
    release.resolve();
    await holding;
    expect((await asked).toSorted()).toEqual([200, 404, 404]);
  }),
);

test("accepting twice counts once", async () => {
  const { code, id } = await make(owner, { usesMax: 5 });
  const before = guests[0] as TestPerson;
  for (const person of [host, host, owner]) expect(await accept(code, person)).toBe(200);
  const listed = await organization.ask<{ invites: { id: string; uses: number }[] }>(
    owner,
    "GET",
    "/invites",
  );
  expect(listed.invites.find((invite) => invite.id === id)?.uses).toBe(0);
  expect(before.name).toBe("g1");
});

test("an invite ends by time and by hand", async () => {
  const { code } = await make(host, { expiresInSeconds: 300 });
  parley.clock.aheadMs = 301_000;
  const late = (await parley.get(`/v1/invites/${code}`)).status;
  parley.clock.aheadMs = 0;
  expect(late).toBe(404);
  const second = await make(host);
  expect(await organization.outcome(host, "DELETE", `/invites/${second.id}`)).toBe("204");
  expect(await accept(second.code, guests[0] as TestPerson)).toBe(404);
});

test("hosts see and revoke their own; who manages the organisation, all", async () => {
  const theirs = await make(owner);
  expect(await organization.outcome(host, "DELETE", `/invites/${theirs.id}`)).toBe("403 forbidden");
  const ids = async (person: TestPerson) =>
    (await organization.ask<{ invites: { id: string }[] }>(person, "GET", "/invites")).invites.map(
      ({ id }) => id,
    );
  expect(await ids(host)).not.toContain(theirs.id);
  expect(await ids(owner)).toContain(theirs.id);
  await organization.assign(host, await organization.role("Manager", CREATE_INVITE | MANAGE_ORG));
  expect(await organization.outcome(host, "DELETE", `/invites/${theirs.id}`)).toBe("204");
  expect(await organization.outcome(host, "DELETE", `/invites/${theirs.id}`)).toBe("404 not_found");
});

test("inviting needs CREATE_INVITE", async () => {
  const { code } = await make(owner);
  const guest = guests[1] as TestPerson;
  await accept(code, guest);
  expect(await organization.outcome(guest, "POST", "/invites", {})).toBe("403 forbidden");
  expect(await organization.outcome(guest, "GET", "/invites")).toBe("403 forbidden");
});

test.each<[string, string, object | undefined]>([
  ["kicked", "", undefined],
  ["banned", "/ban", { reason: "" }],
])("who is %s leaves no open link behind, and the log says how many were", async (name, rest, body) => {
  const mallory = await registerPerson(parley, `mallory-${name}`);
  const accomplice = await registerPerson(parley, `accomplice-${name}`);
  await organization.join(mallory);
  await organization.assign(mallory, await organization.role(`Inviting ${name}`, CREATE_INVITE));
  const [first, second, others] = [await make(mallory), await make(mallory), await make(owner)];
  await organization.ask(owner, body ? "PUT" : "DELETE", `/members/${mallory.id}${rest}`, body);
  for (const { code } of [first, second]) {
    expect(await accept(code, accomplice)).toBe(404);
    expect(await accept(code, mallory)).toBe(404);
  }
  expect(await accept(others.code, accomplice)).toBe(200);
  const query = `/audit-log?target=${mallory.id}&outcome=done&limit=1`;
  const { items } = await organization.ask<{ items: object[] }>(owner, "GET", query);
  expect(items).toMatchObject([{ before: { invites: 2 } }]);
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
