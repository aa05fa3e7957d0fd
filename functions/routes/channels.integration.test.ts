import {
  type ChannelDetail,
  channelDetailSchema,
  channelTreeResponseSchema,
} from "@parley/contract/channels";
import { type ChannelId, channelIdSchema } from "@parley/contract/ids";
import { CHANNEL_BITS, MANAGE_CHANNEL, RECORD, SPEAK, VIEW } from "@parley/contract/permissions";
import * as Organizations from "@parley/db/queries/organizations";
import { withSystem } from "@parley/db/scope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
let member: TestPerson;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  manager = await registerPerson(parley, "manager");
  member = await registerPerson(parley, "member");
  organization = await makeOrganization(parley, owner, "ACME");
  for (const person of [manager, member]) await organization.join(person);
  await organization.assign(manager, await organization.role("Manager", CHANNEL_BITS));
});
afterAll(() => parley.database.close());

const tree = async (person: TestPerson): Promise<ChannelDetail[]> =>
  channelTreeResponseSchema.parse(await organization.ask(person, "GET", "/channels")).channels;
const names = async (person: TestPerson) => (await tree(person)).map(({ name }) => name);
const outcome = (person: TestPerson, method: string, rest: string, body?: unknown) =>
  organization.outcome(person, method, `/channels${rest}`, body);
const deny = async (channel: ChannelId, bits: bigint) => ({
  inherit: true,
  entries: [
    { subject: { type: "role", id: await organization.everyoneId() }, allow: "0", deny: bits.toString() },
    { subject: { type: "user", id: manager.id }, allow: bits.toString(), deny: "0" },
  ],
  channel,
});
async function hide(channel: ChannelId): Promise<void> {
  const { channel: _, ...acl } = await deny(channel, VIEW);
  await organization.ask(owner, "PUT", `/channels/${channel}/acl`, acl);
}

test("the tree says what the asker may do, and an ETag spares them the rest", async () => {
  const [lobby] = await tree(member);
  expect(BigInt(lobby?.permissions ?? 0) & (SPEAK | MANAGE_CHANNEL)).toBe(SPEAK);
  const url = organization.path("/channels");
  const first = await parley.get(url, member.token);
  const etag = first.headers.get("etag") ?? "";
  const ask = (token: string) =>
    parley.app.request(url, { headers: { authorization: `Bearer ${token}`, "if-none-match": etag } });
  expect((await ask(member.token)).status).toBe(304);
  // What somebody else may do is another document.
  expect((await ask(owner.token)).status).toBe(200);
});

test("who has logged out reads no tree with the token that is left, in whatever organisation", async () => {
  const leaver = await registerPerson(parley, "leaver");
  await organization.join(leaver);
  const read = async (path: string) => (await parley.get(path, leaver.token)).status;
  const elsewhere = `/v1/orgs/${parley.orgId}/channels`;
  expect([await read(organization.path("/channels")), await read(elsewhere)]).toEqual([200, 404]);
  expect((await parley.post("/v1/auth/logout", {}, leaver.token)).status).toBe(204);
  expect([await read(organization.path("/channels")), await read(elsewhere)]).toEqual([401, 401]);
});

describe("settings", () => {
  let channel: ChannelId;
  beforeAll(async () => {
    channel = await organization.channel("Settings");
  });

  test("are changed by those who manage the channel", async () => {
    const body = { topic: "All of it", userLimit: 5, bitrateBps: 32_000, region: "eu-1" };
    expect(await outcome(member, "PATCH", `/${channel}`, body)).toBe("403 forbidden");
    const changed = channelDetailSchema.parse(
      await organization.ask(manager, "PATCH", `/channels/${channel}`, body),
    );
    expect(changed).toMatchObject(body);
    expect(await organization.ask(member, "GET", `/channels/${channel}`)).toMatchObject(body);
  });

  test.each([
    [{}],
    [{ name: "" }],
    [{ name: "x".repeat(65) }],
    [{ name: "a\u202eb" }],
    [{ userLimit: -1 }],
    [{ userLimit: 1.5 }],
    [{ bitrateBps: 5_999 }],
    [{ parentId: null }],
  ])("refuse %j", async (body) => {
    expect(await outcome(manager, "PATCH", `/${channel}`, body)).toBe("422 validation_failed");
  });

  test("a name is taken once among siblings, in any case and spelling", async () => {
    expect(await outcome(manager, "POST", "", { name: "LOBBY" })).toBe("409 name_taken");
    await organization.channel("Caf\u00e9");
    expect(await outcome(manager, "POST", "", { name: "Cafe\u0301" })).toBe("409 name_taken");
    expect(await outcome(manager, "POST", "", { name: "Lobby", parentId: channel })).toBe("201");
  });

  test("a password is asked for until it is taken away, and shown nowhere", async () => {
    const join = (body?: object) => outcome(member, "POST", `/${channel}/join`, body);
    expect(await outcome(member, "PUT", `/${channel}/password`, { password: "x" })).toBe("403 forbidden");
    expect(await outcome(manager, "PUT", `/${channel}/password`, { password: "opensesame" })).toBe("204");
    expect(await join()).toBe("403 channel_password_required");
    expect(await join({ password: "opensesame" })).toBe("200");
    expect(JSON.stringify(await organization.ask(owner, "GET", "/audit-log"))).not.toContain("opensesame");
    expect(await outcome(manager, "DELETE", `/${channel}/password`)).toBe("204");
    expect(await join()).toBe("200");
  });
});

describe("places", () => {
  test("a channel moves behind a sibling, to the front and below another", async () => {
    const [a, b, c] = [
      await organization.channel("A"),
      await organization.channel("B"),
      await organization.channel("C"),
    ];
    const move = (id: ChannelId, parentId: ChannelId | null, afterId: ChannelId | null) =>
      organization.ask(manager, "POST", `/channels/${id}/move`, { parentId, afterId });
    await move(c, null, null);
    expect((await names(owner))[0]).toBe("C");
    await move(a, null, b);
    expect((await names(owner)).slice(-2)).toEqual(["B", "A"]);
    await move(a, c, null);
    expect((await names(owner)).slice(0, 2)).toEqual(["C", "A"]);
    expect(await outcome(manager, "POST", `/${c}/move`, { parentId: a, afterId: null })).toBe(
      "409 channel_cycle",
    );
    expect(await outcome(member, "POST", `/${a}/move`, { parentId: null, afterId: null })).toBe(
      "403 forbidden",
    );
    const nowhere = { parentId: crypto.randomUUID(), afterId: null };
    expect(await outcome(manager, "POST", `/${a}/move`, nowhere)).toBe("404 not_found");
  });

  test("who moves a channel holds what the places' entries say in it, though nobody would gain by it", async () => {
    const mover = await registerPerson(parley, "mover");
    await organization.join(mover);
    await organization.assign(mover, await organization.role("Movers", MANAGE_CHANNEL));
    const recorders = await organization.role("Recorders", 0n);
    const [studio, plain] = [await organization.channel("Studio"), await organization.channel("Plain")];
    const booth = await organization.channel("Booth", studio);
    const entry = { subject: { type: "role", id: recorders }, allow: RECORD.toString(), deny: "0" };
    const below = { ...entry, appliesTo: "here_and_below" };
    await organization.ask(owner, "PUT", `/channels/${studio}/acl`, { inherit: true, entries: [below] });
    const move = (person: TestPerson, channel: ChannelId, parentId: ChannelId | null) =>
      outcome(person, "POST", `/${channel}/move`, { parentId, afterId: null });
    const before = await tree(owner);
    expect(await move(mover, booth, plain)).toBe("403 forbidden");
    expect(await move(mover, plain, studio)).toBe("403 forbidden");
    expect(await tree(owner)).toEqual(before);
    expect(await move(mover, plain, null)).toBe("200");
    expect(await move(owner, booth, plain)).toBe("200");
  });

  test("eight levels are the most", async () => {
    let parentId: ChannelId | null = null;
    for (let level = 1; level <= 8; level++)
      parentId = await organization.channel(`Level ${level}`, parentId);
    expect(await outcome(manager, "POST", "", { name: "Level 9", parentId })).toBe("422 channel_too_deep");
  });

  test("people who reorder at once end in one valid tree with every channel in it", async () => {
    const parent = await organization.channel("Race");
    const ids: ChannelId[] = [];
    for (let n = 0; n < 6; n++) ids.push(await organization.channel(`Race ${n}`, parent));
    // Also into each other, where one of two must fail: a ring would lose both.
    const moves = Array.from({ length: 36 }, (_, n) => {
      const [id, other] = [ids[n % 6], ids[(n * 5 + 1) % 6]];
      const intoOther = n % 3 === 0 && id !== other;
      const place = intoOther ? { parentId: other, afterId: null } : { parentId: parent, afterId: null };
      return outcome(n % 2 ? owner : manager, "POST", `/${id}/move`, place);
    });
    const outcomes = await Promise.all(moves);
    for (const one of outcomes) expect(["200", "409 channel_cycle", "404 not_found"]).toContain(one);
    expect(outcomes).toContain("200");
    const after = await tree(owner);
    for (const id of ids) expect(after.filter((channel) => channel.id === id)).toHaveLength(1);
    for (const [index, { parentId }] of after.entries()) {
      if (parentId !== null) expect(after.slice(0, index).some(({ id }) => id === parentId)).toBe(true);
    }
    const keys = after.map(({ parentId, position }) => `${parentId} ${position}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test("a channel with others below it goes only with cascade=true", async () => {
  const parent = await organization.channel("Doomed");
  await organization.channel("Below", parent);
  expect(await outcome(manager, "DELETE", `/${parent}`)).toBe("409 channel_has_children");
  expect(await outcome(member, "DELETE", `/${parent}?cascade=true`)).toBe("403 forbidden");
  expect(await outcome(manager, "DELETE", `/${parent}?cascade=true`)).toBe("204");
  expect(await names(owner)).not.toContain("Below");
});

test("50 creates at once stop exactly at the quota", async () => {
  const used = (await tree(owner)).length;
  const channelsMax = used + 7;
  await withSystem(parley.database, (tx) => Organizations.update(tx, organization.id, { channelsMax }));
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, n) => outcome(manager, "POST", "", { name: `Quota ${n}` })),
  );
  expect(outcomes.filter((one) => one === "201")).toHaveLength(7);
  expect(outcomes.filter((one) => one === "409 quota_exceeded")).toHaveLength(43);
  expect(await tree(owner)).toHaveLength(channelsMax);
  await withSystem(parley.database, (tx) => Organizations.update(tx, organization.id, { channelsMax: 500 }));
});

test("what one doesn't see isn't there: each way to it answers as for a made-up id", async () => {
  const hidden = await organization.channel("Hidden");
  await hide(hidden);
  expect(await names(member)).not.toContain("Hidden");
  const madeUp = channelIdSchema.parse(crypto.randomUUID());
  for (const id of [hidden, madeUp]) {
    const requests: [string, string, object?][] = [
      ["GET", `/${id}`],
      ["PATCH", `/${id}`, { topic: "x" }],
      ["DELETE", `/${id}`],
      ["POST", `/${id}/join`],
      ["PUT", `/${id}/password`, { password: "x" }],
      ["DELETE", `/${id}/password`],
      ["GET", `/${id}/acl`],
      ["PUT", `/${id}/acl`, { inherit: true, entries: [] }],
      ["GET", `/${id}/permissions/${member.id}`],
      ["POST", `/${id}/move`, { parentId: null, afterId: null }],
      ["POST", "", { name: "In it", parentId: id }],
    ];
    for (const [method, rest, body] of requests) {
      expect([method, rest, await outcome(member, method, rest, body)]).toEqual([
        method,
        rest,
        "404 not_found",
      ]);
    }
  }
  expect(await names(manager)).toContain("Hidden");
});

test("a place where its maker wouldn't see a channel is refused in words, and the log keeps the attempt", async () => {
  const stage = await organization.channel("Backstage");
  const prop = await organization.channel("Prop");
  const everyone = { type: "role", id: await organization.everyoneId() };
  const entry = (subject: object, allow: bigint, deny: bigint, appliesTo: string) => ({
    subject,
    allow: allow.toString(),
    deny: deny.toString(),
    appliesTo,
  });
  const own = { type: "user", id: member.id };
  const entries = [
    entry(everyone, 0n, VIEW, "here_and_below"),
    entry(own, VIEW | MANAGE_CHANNEL, 0n, "here"),
  ];
  await organization.ask(owner, "PUT", `/channels/${stage}/acl`, { inherit: true, entries });
  await organization.ask(owner, "PUT", `/channels/${prop}/acl`, {
    inherit: true,
    entries: [entry(own, MANAGE_CHANNEL, 0n, "here")],
  });
  const requests = [
    ["", { name: "Cellar", parentId: stage }],
    [`/${prop}/move`, { parentId: stage, afterId: null }],
  ] as const;
  for (const [rest, body] of requests) {
    const response = await parley.send("POST", organization.path(`/channels${rest}`), body, member.token);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining("wouldn't see")]);
  }
  const { items } = await organization.ask<{ items: object[] }>(
    owner,
    "GET",
    `/audit-log?outcome=denied&actor=${member.id}&limit=2`,
  );
  const after = { refused: "actor_would_not_see" };
  expect(items).toMatchObject([
    { action: "channel.move", after },
    { action: "channel.create", after },
  ]);
  expect(await names(owner)).not.toContain("Cellar");
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
