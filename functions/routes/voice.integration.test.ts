import { channelTreeResponseSchema, type Present, presenceResponseSchema } from "@parley/contract/channels";
import { problemSchema } from "@parley/contract/errors";
import type { ChannelId, NodeId, ParticipantId } from "@parley/contract/ids";
import {
  assignmentSchema,
  JOIN_TOKEN_TYPE,
  joinTokenClaimsSchema,
  nodeAudience,
} from "@parley/contract/join";
import { ALL } from "@parley/contract/permissions";
import * as Organizations from "@parley/db/queries/organizations";
import { withSystem } from "@parley/db/scope";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { publicJwks } from "../keys.ts";
import { READY_NODE, startApp, type TestApp } from "../testing/app.ts";

let parley: TestApp;
let charlie: string;
let demo: string;
let stranger: string;
let lobby: ChannelId;
let secret: ChannelId;

beforeAll(async () => {
  parley = await startApp();
  charlie = (await parley.login("charlie")).accessToken;
  demo = (await parley.login("demo")).accessToken;
  const account = { username: "stranger", password: "correct horse battery" };
  await parley.post("/v1/auth/register", account);
  stranger = (await parley.login(account.username, account.password)).accessToken;
  lobby = (await parley.channel("Lobby")).id;
  secret = (await parley.channel("Private")).id;
});
afterAll(() => parley.database.close());
afterEach(() => {
  parley.forgetRates();
  return parley.directory.heartbeat(READY_NODE);
});

const joinPath = (channel: string, org: string = parley.orgId) => `/v1/orgs/${org}/channels/${channel}/join`;
const join = (channel: string, token?: string, body?: unknown) => parley.post(joinPath(channel), body, token);
const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;

test("a person sees their organisations, and a stranger none", async () => {
  const mine = await parley.get("/v1/me/organizations", charlie);
  expect(await mine.json()).toEqual({ organizations: [{ id: parley.orgId, tag: "DEMO", name: "Demo" }] });
  expect(await (await parley.get("/v1/me/organizations", stranger)).json()).toEqual({ organizations: [] });
});

test("the tree is in order and shows that a channel has a password, not which", async () => {
  const response = await parley.get(`/v1/orgs/${parley.orgId}/channels`, charlie);
  const { channels } = channelTreeResponseSchema.parse(await response.json());
  expect(channels.map(({ name, hasPassword }) => [name, hasPassword])).toEqual([
    ["Lobby", false],
    ["General", false],
    ["Team Alpha", false],
    ["Private", true],
  ]);
  expect(channels[2]?.parentId).toBe(channels[1]?.id);
});

test("presence is what the directory has for channels of this organisation", async () => {
  const present: Present = {
    channelId: lobby,
    participantId: "1" as ParticipantId,
    userId: (await parley.login("bob")).user.id,
    name: "bob",
    muted: false,
  };
  const elsewhere = { ...present, channelId: crypto.randomUUID() as ChannelId };
  await parley.directory.setPresence(READY_NODE.id, parley.orgId, [present, elsewhere]);
  const response = await parley.get(`/v1/orgs/${parley.orgId}/voice`, charlie);
  expect(presenceResponseSchema.parse(await response.json())).toEqual({ present: [present] });
});

describe("join", () => {
  test("assigns a node with a token that verifies for that start of it alone", async () => {
    const response = await join(lobby, charlie);
    expect(response.status).toBe(200);
    const assignment = assignmentSchema.parse(await response.json());
    const { payload } = await jwtVerify(
      assignment.token,
      createLocalJWKSet(await publicJwks(parley.keys, new Date())),
      {
        typ: JOIN_TOKEN_TYPE,
        audience: nodeAudience(READY_NODE.id, READY_NODE.bootEpoch),
      },
    );
    const claims = joinTokenClaimsSchema.parse(payload);
    expect(claims).toMatchObject({
      org: parley.orgId,
      ch: lobby,
      name: "charlie",
      perm: "31",
      pv: 1,
      limit: 0,
    });
    expect(claims.fence).toBe(assignment.fence);
    expect(claims.exp - Number(payload.iat)).toBe(30);
    expect(assignment.token.length).toBeLessThanOrEqual(1024);
    expect((await parley.get("/v1/me", assignment.token)).status).toBe(401);
  });

  test("keeps a room on its node at the same fence, and raises the fence when the node starts anew", async () => {
    const fenceOf = async () => assignmentSchema.parse(await (await join(lobby, charlie)).json()).fence;
    const fence = await fenceOf();
    await parley.directory.heartbeat({ ...READY_NODE, id: "node-b" as NodeId, participants: -1 });
    expect(await fenceOf()).toBe(fence);
    await parley.directory.heartbeat({ ...READY_NODE, bootEpoch: READY_NODE.bootEpoch + 1 });
    expect(await fenceOf()).toBe(fence + 1);
    await parley.directory.heartbeat({ ...READY_NODE, id: "node-b" as NodeId, state: "stopped" });
  });

  test("many at once for a new room get one fence", async () => {
    const { id } = await parley.channel("General");
    const responses = await Promise.all(Array.from({ length: 5 }, () => join(id, charlie)));
    const fences = await Promise.all(
      responses.map(async (r) => assignmentSchema.parse(await r.json()).fence),
    );
    expect(new Set(fences)).toEqual(new Set([1]));
  });

  test("asks for a channel's password, except of those who manage it", async () => {
    expect(await codeOf(await join(secret, charlie))).toBe("channel_password_required");
    expect(await codeOf(await join(secret, charlie, { password: "wrong" }))).toBe("channel_password_wrong");
    expect((await join(secret, charlie, { password: "letmein" })).status).toBe(200);
    const assignment = assignmentSchema.parse(await (await join(secret, demo)).json());
    expect(assignment.permissions).toBe(ALL.toString());
  });

  test("stops at the organisation's quota of people in voice, who move about freely in it", async () => {
    const setMax = (voicesMax: number) =>
      withSystem(parley.database, (tx) => Organizations.update(tx, parley.orgId, { voicesMax }));
    await setMax(1);
    const of = async (name: string): Promise<Present> => ({
      channelId: lobby,
      participantId: "1" as ParticipantId,
      userId: (await parley.login(name)).user.id,
      name,
      muted: false,
    });
    await parley.directory.setPresence(READY_NODE.id, parley.orgId, [await of("bob")]);
    expect(await codeOf(await join(lobby, charlie))).toBe("quota_exceeded");
    await parley.directory.setPresence(READY_NODE.id, parley.orgId, [await of("charlie")]);
    expect((await join(lobby, charlie)).status).toBe(200);
    await setMax(0);
    await parley.directory.setPresence(READY_NODE.id, parley.orgId, []);
  });

  test("without a ready node is unavailable and says when to try again", async () => {
    await parley.directory.heartbeat({ ...READY_NODE, state: "draining" });
    const response = await join(lobby, charlie);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    expect((await parley.get("/readyz")).status).toBe(503);
  });

  test("needs CONNECT to enter and VIEW to know of the channel", async () => {
    const setEveryone = (permissions: number) =>
      withSystem(parley.database, (tx) =>
        tx.execute(`update roles set permissions = ${permissions} where is_everyone`),
      );
    await setEveryone(1);
    expect(await codeOf(await join(lobby, charlie))).toBe("forbidden");
    await setEveryone(2);
    expect(await codeOf(await join(lobby, charlie))).toBe("not_found");
    expect((await join(lobby, demo)).status).toBe(200);
    await setEveryone(31);
  });

  test("refuses strangers, unknown ids, malformed ids and the unauthenticated", async () => {
    const unknown = crypto.randomUUID();
    expect(await codeOf(await join(lobby, stranger))).toBe("not_found");
    expect(await codeOf(await join(unknown, charlie))).toBe("not_found");
    expect(await codeOf(await parley.post(joinPath(lobby, unknown), undefined, charlie))).toBe("not_found");
    expect(await codeOf(await join("lobby", charlie))).toBe("validation_failed");
    expect(await codeOf(await join(lobby))).toBe("unauthenticated");
    for (const path of ["channels", "voice"]) {
      expect(await codeOf(await parley.get(`/v1/orgs/${parley.orgId}/${path}`, stranger))).toBe("not_found");
      expect(await codeOf(await parley.get(`/v1/orgs/x/${path}`, charlie))).toBe("validation_failed");
      expect(await codeOf(await parley.get(`/v1/orgs/${parley.orgId}/${path}`))).toBe("unauthenticated");
    }
  });

  test.each([
    [{ password: 1 }],
    [{ password: "x".repeat(257) }],
    [{ other: 1 }],
    [[]],
    [null],
    ["letmein"],
  ])("refuses the body %j", async (body) => {
    expect(await codeOf(await join(secret, charlie, body))).toBe("validation_failed");
  });
});
