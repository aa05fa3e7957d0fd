import type { ChannelId } from "@parley/contract/ids";
import { inspectionSchema } from "@parley/contract/inspection";
import * as P from "@parley/contract/permissions";
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
let manager: TestPerson;
let bob: TestPerson;
let stranger: TestPerson;
let channel: ChannelId;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  manager = await registerPerson(parley, "manager");
  bob = await registerPerson(parley, "robert");
  stranger = await registerPerson(parley, "stranger");
  organization = await makeOrganization(parley, owner, "ACME");
  for (const person of [manager, bob]) await organization.join(person);
  await organization.assign(manager, await organization.role("Manager", P.MANAGE_CHANNEL));
  channel = await organization.channel("Stage");
});
afterAll(() => parley.database.close());

const entry = (person: TestPerson, allow: bigint, deny: bigint) => ({
  subject: { type: "user", id: person.id },
  allow: allow.toString(),
  deny: deny.toString(),
  appliesTo: "here",
});
const put = (person: TestPerson, ...entries: object[]) =>
  organization.outcome(person, "PUT", `/channels/${channel}/acl`, { inherit: true, entries });
const inspect = async (asker: TestPerson, target: TestPerson) => {
  const path = `/channels/${channel}/permissions/${target.id}`;
  return inspectionSchema.parse(await organization.ask(asker, "GET", path));
};

test("entries are replaced as a whole and read back as they were put", async () => {
  expect(await put(manager, entry(bob, 0n, P.SPEAK))).toBe("200");
  expect(await organization.ask(manager, "GET", `/channels/${channel}/acl`)).toEqual({
    inherit: true,
    entries: [entry(bob, 0n, P.SPEAK)],
    people: [{ userId: bob.id, username: "robert" }],
    version: expect.stringMatching(/^[\w-]{16}$/),
  });
  expect(await organization.outcome(bob, "GET", `/channels/${channel}/acl`)).toBe("403 forbidden");
});

test("of two who change the same entries the slower is told, and undoes nothing", async () => {
  const path = organization.path(`/channels/${channel}/acl`);
  const read = await parley.get(path, manager.token);
  const etag = read.headers.get("etag") ?? "";
  const send = (entries: object[], match: string, person = manager) =>
    parley.send("PUT", path, { inherit: true, entries }, person.token, { "if-match": match });
  const faster = await send([entry(bob, 0n, P.SPEAK), entry(owner, P.SPEAK, 0n)], etag, owner);
  expect([faster.status, faster.headers.get("etag") === etag]).toEqual([200, false]);
  const slower = await send([], etag);
  expect([slower.status, ((await slower.json()) as { code: string }).code]).toEqual([
    412,
    "changed_meanwhile",
  ]);
  const now = (await (await parley.get(path, manager.token)).json()) as {
    entries: object[];
    version: string;
  };
  expect(now.entries).toHaveLength(2);
  // Whatever its order, equal content is of the same version; and whoever may not read it can't guess at it.
  expect((await send(now.entries.toReversed(), `"${now.version}"`, owner)).headers.get("etag")).toBe(
    `"${now.version}"`,
  );
  for (const match of [`"${now.version}"`, '"something else"']) {
    expect((await send([], match, bob)).status).toBe(403);
  }
  expect((await send([entry(bob, 0n, P.SPEAK)], `"other", "${now.version}"`, owner)).status).toBe(200);
});

test("the inspector names the entry that took a permission, as its last reason", async () => {
  for (const asker of [manager, bob]) {
    const speak = (await inspect(asker, bob)).bits.find(({ bit }) => bit === P.SPEAK.toString());
    expect(speak?.granted).toBe(false);
    expect(speak?.reasons.map(({ kind, effect }) => [kind, effect])).toEqual([
      ["role", "give"],
      ["entry", "take"],
    ]);
    expect(speak?.reasons.at(-1)).toMatchObject({
      channelId: channel,
      subject: { type: "user", id: bob.id },
    });
  }
  const path = (person: TestPerson) => `/channels/${channel}/permissions/${person.id}`;
  expect(await organization.outcome(bob, "GET", path(owner))).toBe("403 forbidden");
  expect(await organization.outcome(owner, "GET", path(stranger))).toBe("404 not_found");
});

test("an entry still names who has left", async () => {
  const leaver = await registerPerson(parley, "leaver");
  await organization.join(leaver);
  const { id } = await organization.ask<{ id: string }>(owner, "POST", "/channels", {
    name: "Left",
    parentId: null,
  });
  const acl = { inherit: true, entries: [entry(leaver, 0n, P.SPEAK)] };
  const people = [{ userId: leaver.id, username: "leaver" }];
  expect(await organization.ask(owner, "PUT", `/channels/${id}/acl`, acl)).toMatchObject({ people });
  expect(await organization.outcome(leaver, "DELETE", `/members/${leaver.id}`)).toBe("204");
  expect(await organization.ask(owner, "GET", `/channels/${id}/acl`)).toMatchObject({ people });
});

test("a channel that one doesn't see has no answer, not even about oneself", async () => {
  const hidden = await organization.channel("Hidden");
  const acl = { inherit: true, entries: [entry(bob, 0n, P.VIEW)] };
  await organization.ask(owner, "PUT", `/channels/${hidden}/acl`, acl);
  const path = `/channels/${hidden}/permissions/${bob.id}`;
  expect(await organization.outcome(bob, "GET", path)).toBe("404 not_found");
  expect(await organization.outcome(owner, "GET", path)).toBe("200");
});

test("what the inspector, the tree and the join token say is the same", async () => {
  const { permissions } = await inspect(bob, bob);
  const { channels } = await organization.ask<{ channels: { id: string; permissions: string }[] }>(
    bob,
    "GET",
    "/channels",
  );
  expect(channels.find(({ id }) => id === channel)?.permissions).toBe(permissions);
  const assignment = await organization.ask<{ permissions: string }>(
    bob,
    "POST",
    `/channels/${channel}/join`,
  );
  expect(assignment.permissions).toBe(permissions);
});

test.each<[string, string, () => object[]]>([
  ["a bit that one lacks", "403 forbidden", () => [entry(bob, P.RECORD, 0n)]],
  ["giving oneself more", "403 forbidden", () => [entry(manager, P.MOVE_MEMBERS, 0n)]],
  ["taking from the owner", "403 forbidden", () => [entry(owner, 0n, P.SPEAK)]],
  ["somebody who never was a member", "404 not_found", () => [entry(stranger, 0n, P.SPEAK)]],
  ["the same person twice", "422 validation_failed", () => [entry(bob, 0n, 1n), entry(bob, 1n, 0n)]],
  ["allowed and denied", "422 validation_failed", () => [entry(bob, P.SPEAK, P.SPEAK)]],
  ["bit 62", "422 validation_failed", () => [entry(bob, 0n, 1n << 62n)]],
  ["101 entries", "422 validation_failed", () => Array.from({ length: 101 }, () => entry(bob, 0n, 1n))],
])("%s is refused with %s", async (_name, expected, entries) => {
  expect(await put(manager, ...entries())).toBe(expected);
});

test("a refused attempt changes nothing and is in the audit log", async () => {
  const before = await organization.ask(owner, "GET", `/channels/${channel}/acl`);
  expect(await put(manager, entry(bob, P.RECORD, 0n))).toBe("403 forbidden");
  expect(await organization.ask(owner, "GET", `/channels/${channel}/acl`)).toEqual(before);
  const { items } = await organization.ask<{ items: object[] }>(
    owner,
    "GET",
    "/audit-log?outcome=denied&limit=1",
  );
  expect(items).toMatchObject([
    {
      action: "channel.acl",
      outcome: "denied",
      actor: { userId: manager.id, username: "manager" },
      target: { type: "channel", id: channel },
      after: { refused: "bits_not_held" },
    },
  ]);
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
