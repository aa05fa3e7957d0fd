import { bansPageSchema } from "@parley/contract/bans";
import { type Member, membersPageSchema } from "@parley/contract/members";
import * as P from "@parley/contract/permissions";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import {
  makeOrganization,
  PASSWORD,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "../testing/organization.ts";

let parley: TestApp;
let organization: TestOrganization;
let owner: TestPerson;
let moderator: TestPerson;
let deputy: TestPerson;
let member: TestPerson;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  moderator = await registerPerson(parley, "moderator");
  deputy = await registerPerson(parley, "deputy");
  member = await registerPerson(parley, "member");
  organization = await makeOrganization(parley, owner, "ACME");
  for (const person of [moderator, deputy, member]) await organization.join(person);
  const bits = P.KICK_MEMBERS | P.BAN_MEMBERS | P.MANAGE_ROLES | P.MANAGE_NICKNAMES | P.VIEW;
  const low = await organization.role("Deputy", bits);
  const high = await organization.role("Moderator", bits);
  // The latest made stands lowest: put them as their names say.
  await organization.ask(owner, "PUT", "/roles/order", { roleIds: [low, high] });
  await organization.assign(moderator, high);
  await organization.assign(deputy, low);
});
afterAll(() => parley.database.close());

const list = async (query = "") =>
  membersPageSchema.parse(await organization.ask(member, "GET", `/members${query}`));
const find = async (person: TestPerson): Promise<Member | undefined> =>
  (await list()).items.find(({ userId }) => userId === person.id);

test("pages hold every member once; the beginnings of names find them", async () => {
  const first = await list("?limit=3");
  const second = await list(`?limit=3&cursor=${first.nextCursor}`);
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([3, 1, null]);
  expect(new Set([...first.items, ...second.items].map(({ userId }) => userId)).size).toBe(4);
  expect((await list("?name=MODERA")).items.map(({ username }) => username)).toEqual(["moderator"]);
  expect((await list("?name=%25")).items).toEqual([]);
});

test("a search goes on where it stopped, by a cursor that no other list takes", async () => {
  const first = await list("?name=m&limit=1");
  const cursor = first.nextCursor as string;
  const second = await list(`?name=m&limit=1&cursor=${cursor}`);
  expect([...first.items, ...second.items].map(({ username }) => username)).toEqual(["member", "moderator"]);
  expect((await list(`?name=m&limit=2&cursor=${second.nextCursor}`)).items).toEqual([]);
  expect(await organization.outcome(owner, "GET", `/members?cursor=${cursor}`)).toBe("400 bad_request");
});

test("a cursor that was made up, or is another list's, is refused", async () => {
  const { nextCursor } = await list("?limit=1");
  for (const cursor of ["x", `${nextCursor}x`, String(nextCursor).replace(/^./, "A")]) {
    expect(await organization.outcome(owner, "GET", `/members?cursor=${cursor}`)).toBe("400 bad_request");
  }
  expect(await organization.outcome(owner, "GET", `/bans?cursor=${nextCursor}`)).toBe("400 bad_request");
});

test("one's own nickname is free, another's needs the permission and the rank", async () => {
  const name = (nickname: string | null) => ({ nickname });
  expect(await organization.outcome(member, "PATCH", `/members/${member.id}`, name("Em"))).toBe("200");
  expect(await organization.outcome(member, "PATCH", `/members/${deputy.id}`, name("x"))).toBe(
    "403 forbidden",
  );
  expect(await organization.outcome(deputy, "PATCH", `/members/${member.id}`, name("M"))).toBe("200");
  expect(await organization.outcome(deputy, "PATCH", `/members/${moderator.id}`, name("x"))).toBe(
    "403 forbidden",
  );
  expect((await list("?name=m")).items.some(({ nickname }) => nickname === "M")).toBe(true);
  await organization.ask(member, "PATCH", `/members/${member.id}`, name(null));
});

describe("roles of one member", () => {
  test("given and taken one by one, at once by many, none is lost", async () => {
    const roleIds: string[] = [];
    for (let n = 0; n < 4; n++) roleIds.push(await organization.role(`Tick ${n}`, P.VIEW));
    const path = (role: string | undefined) => `/members/${member.id}/roles/${role}`;
    const given = await Promise.all(
      roleIds.map((id, n) => organization.outcome(n % 2 ? owner : moderator, "PUT", path(id))),
    );
    expect(given).toEqual(["200", "200", "200", "200"]);
    expect(new Set((await find(member))?.roleIds)).toEqual(new Set(roleIds));
    await Promise.all([0, 2].map((n) => organization.ask(owner, n ? "PUT" : "DELETE", path(roleIds[n]))));
    expect(new Set((await find(member))?.roleIds)).toEqual(new Set(roleIds.slice(1)));
    await organization.assign(member);
  });

  test("they ask for the same rights as all of them together, and know no other role", async () => {
    const strong = await organization.role("Too strong", P.MANAGE_ORG);
    const path = `/members/${member.id}/roles`;
    expect(await organization.outcome(deputy, "PUT", `${path}/${strong}`)).toBe("403 forbidden");
    expect(await organization.outcome(member, "PUT", `${path}/${strong}`)).toBe("403 forbidden");
    for (const role of [crypto.randomUUID(), await organization.everyoneId()]) {
      for (const method of ["PUT", "DELETE"]) {
        expect(await organization.outcome(owner, method, `${path}/${role}`)).toBe("404 not_found");
      }
    }
    expect((await find(member))?.roleIds).toEqual([]);
  });

  test("put as a list that somebody else changed meanwhile, they are refused", async () => {
    const role = await organization.role("Meanwhile", P.VIEW);
    const version = (await find(member))?.version;
    await organization.assign(member, role);
    const put = (match: unknown) =>
      parley.send("PATCH", organization.path(`/members/${member.id}`), { roleIds: [] }, owner.token, {
        "if-match": `"${match}"`,
      });
    expect((await put(version)).status).toBe(412);
    expect((await find(member))?.roleIds).toEqual([role]);
    expect((await put((await find(member))?.version)).status).toBe(200);
  });
});

describe("rank", () => {
  test.each<[string, () => [TestPerson, TestPerson], string]>([
    ["an equal", () => [deputy, deputy], "403 forbidden"],
    ["one above", () => [deputy, moderator], "403 forbidden"],
    ["the owner", () => [moderator, owner], "403 forbidden"],
    ["anybody, without the permission", () => [member, deputy], "403 forbidden"],
  ])("nobody bans or times out %s", async (_name, people, expected) => {
    const [actor, target] = people();
    const body = { reason: "test" };
    expect(await organization.outcome(actor, "PUT", `/members/${target.id}/ban`, body)).toBe(expected);
    const timeOut = { durationSeconds: 60, reason: "" };
    expect(await organization.outcome(actor, "PUT", `/members/${target.id}/timeout`, timeOut)).toBe(expected);
    expect(await find(target)).toMatchObject({ timedOutUntil: null });
  });

  test("assigning needs a role below one's own and every bit of it", async () => {
    const strong = await organization.role("Strong", P.MANAGE_ORG);
    const weak = await organization.role("Weak", P.VIEW);
    const give = (...roleIds: string[]) => ({ roleIds });
    const path = `/members/${member.id}`;
    expect(await organization.outcome(deputy, "PATCH", path, give(weak))).toBe("200");
    expect(await organization.outcome(deputy, "PATCH", path, give(strong))).toBe("403 forbidden");
    expect(await organization.outcome(member, "PATCH", path, give(weak, strong))).toBe("403 forbidden");
    expect((await find(member))?.roleIds).toEqual([weak]);
    await organization.assign(member);
  });
});

test("a time-out leaves the sight of channels, and ends early or by itself", async () => {
  const path = `/members/${member.id}/timeout`;
  const lobby = (await organization.ask<{ channels: { id: string }[] }>(owner, "GET", "/channels"))
    .channels[0];
  const join = () => organization.outcome(member, "POST", `/channels/${lobby?.id}/join`);
  expect(await organization.outcome(deputy, "PUT", path, { durationSeconds: 60, reason: "loud" })).toBe(
    "204",
  );
  expect(await join()).toBe("403 forbidden");
  expect(await organization.outcome(deputy, "DELETE", path)).toBe("204");
  expect(await join()).toBe("200");
  await organization.ask(deputy, "PUT", path, { durationSeconds: 60, reason: "" });
  parley.clock.aheadMs = 61_000;
  const later = await join();
  parley.clock.aheadMs = 0;
  expect(later).toBe("200");
  await organization.ask(deputy, "DELETE", path);
});

test("the kicked may come back by an invite, the banned only once that is lifted", async () => {
  expect(await organization.outcome(deputy, "DELETE", `/members/${member.id}`)).toBe("204");
  expect(await organization.outcome(member, "GET", "/channels")).toBe("404 not_found");
  await organization.join(member);
  expect(await organization.outcome(member, "GET", "/channels")).toBe("200");

  await organization.ask(deputy, "PUT", `/members/${member.id}/ban`, { reason: "spam" });
  expect(await organization.outcome(member, "GET", "/channels")).toBe("404 not_found");
  await expect(organization.join(member)).rejects.toThrow("banned");
  expect(await organization.ask(owner, "GET", "/bans")).toMatchObject({
    items: [{ userId: member.id, username: "member", reason: "spam", bannedBy: deputy.id }],
    nextCursor: null,
  });
  expect(await organization.outcome(moderator, "DELETE", `/members/${member.id}/ban`)).toBe("204");
  expect(await organization.outcome(moderator, "DELETE", `/members/${member.id}/ban`)).toBe("404 not_found");
  await organization.join(member);
});

test("who is banned or has left can't be kicked or timed out, and a ban stays one", async () => {
  const person = await registerPerson(parley, "absent");
  await organization.join(person);
  const isRefused = async () => {
    const timeOut = { durationSeconds: 60 };
    expect(await organization.outcome(owner, "DELETE", `/members/${person.id}`)).toBe("404 not_found");
    expect(await organization.outcome(owner, "PUT", `/members/${person.id}/timeout`, timeOut)).toBe(
      "404 not_found",
    );
  };
  await organization.ask(person, "DELETE", `/members/${person.id}`);
  await isRefused();
  await organization.ask(owner, "PUT", `/members/${person.id}/ban`, { reason: "" });
  await isRefused();
  await expect(organization.join(person)).rejects.toThrow("banned");
  await organization.ask(owner, "DELETE", `/members/${person.id}/ban`);
});

test("a ban for a while ends by itself, and is told with its end", async () => {
  const path = `/members/${member.id}/ban`;
  const ban = (durationSeconds: number | null) =>
    organization.outcome(deputy, "PUT", path, { reason: "loud", durationSeconds });
  expect(await ban(59)).toBe("422 validation_failed");
  expect(await ban(3_600)).toBe("204");
  const { items } = bansPageSchema.parse(await organization.ask(owner, "GET", "/bans"));
  const hours = (Date.parse(items[0]?.expiresAt ?? "") - Date.parse(items[0]?.bannedAt ?? "")) / 3_600_000;
  expect([items.length, hours]).toEqual([1, 1]);
  await expect(organization.join(member)).rejects.toThrow("banned");
  parley.clock.aheadMs = 3_601_000;
  await parley.login("member", PASSWORD).then(({ accessToken }) => {
    member.token = accessToken;
  });
  const { items: later } = bansPageSchema.parse(
    await parley
      .get(organization.path("/bans"), (await parley.login("owner", PASSWORD)).accessToken)
      .then((r) => r.json()),
  );
  const { code } = (await parley
    .post(organization.path("/invites"), {}, (await parley.login("owner", PASSWORD)).accessToken)
    .then((response) => response.json())) as { code: string };
  const back = await parley.post(`/v1/invites/${code}/accept`, undefined, member.token);
  parley.clock.aheadMs = 0;
  expect([later, back.status]).toEqual([[], 200]);
  await parley.login("member", PASSWORD).then(({ accessToken }) => {
    member.token = accessToken;
  });
});

test("members leave, the owner can't", async () => {
  expect(await organization.outcome(owner, "DELETE", `/members/${owner.id}`)).toBe("409 owner_must_transfer");
  expect(await organization.outcome(member, "DELETE", `/members/${member.id}`)).toBe("204");
  await organization.join(member);
});

test("a refused attempt still says against whom or what, when they are gone", async () => {
  const gone = await registerPerson(parley, "gone");
  await organization.join(gone);
  const role = await organization.role("Gone role", P.VIEW);
  const channel = await organization.channel("Gone channel");
  await organization.outcome(member, "DELETE", `/members/${gone.id}`);
  await organization.outcome(member, "DELETE", `/roles/${role}`);
  await organization.outcome(member, "DELETE", `/channels/${channel}`);
  for (const rest of [`/members/${gone.id}`, `/roles/${role}`, `/channels/${channel}`]) {
    await organization.ask(owner, "DELETE", rest);
  }
  const query = `/audit-log?outcome=denied&actor=${member.id}&limit=3`;
  const { items } = await organization.ask<{ items: object[] }>(owner, "GET", query);
  expect(items).toMatchObject([
    { action: "channel.delete", before: { name: "Gone channel" } },
    { action: "role.delete", before: { name: "Gone role" } },
    { action: "member.kick", target: { name: "gone" } },
  ]);
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
