/** Rights that change under a running call: enforced by the node within a second, without a new offer. */
import type { ChannelId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { ALL, has, SPEAK } from "@parley/contract/permissions";
import { openDatabase } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import { withOrg } from "@parley/db/scope";
import { makeTenant } from "@parley/db/testing/tenant";
import { createAuthorizationFeed } from "@parley/functions/domain/authorization-feed";
import { AuthorizationWatch } from "@parley/media-node/cluster/authorization-watch";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ApiUser, logIn, request } from "./support/api.ts";
import { silentOffer } from "./support/offer.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { SignalClient } from "./support/signal-client.ts";

let slowestMs = 0;

let server: TestServer;
let demo: ApiUser;
let orgId: OrganizationId;
const clients: SignalClient[] = [];

beforeAll(async () => {
  server = await startTestServer();
  demo = await logIn(server.origin, "demo");
  const { organizations } = await ask<{ organizations: { id: OrganizationId }[] }>(
    "GET",
    "/v1/me/organizations",
  );
  orgId = organizations[0]?.id as OrganizationId;
});
afterEach(async () => {
  for (const client of clients.splice(0)) {
    client.socket.terminate();
    await client.closed;
  }
});
afterAll(async () => {
  console.info(`the slowest change was enforced after ${Math.round(slowestMs)} ms`);
  await server.stop();
});

/** As the owner. */
const ask = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  request<T>(server.origin, method, path, body, demo.session.accessToken);
const inOrg = <T>(method: string, rest: string, body?: unknown) =>
  ask<T>(method, `/v1/orgs/${orgId}${rest}`, body);

async function connect(token: string): Promise<SignalClient> {
  const client = new SignalClient(server.origin);
  clients.push(client);
  await client.opened();
  client.send({ type: "hello", versions: [1], token, offer: silentOffer(8) });
  return client;
}

async function enter(username: string, channel: string) {
  const user = await logIn(server.origin, username);
  const client = await connect((await user.join(channel)).token);
  await client.next("welcome");
  const { id } = user.session.user;
  return { user, client, id };
}

const channelId = async (name: string): Promise<ChannelId> =>
  (await demo.channels()).find((channel) => channel.name === name)?.id as ChannelId;
const newChannel = (name: string, parentId: ChannelId | null = null) =>
  inOrg<{ id: ChannelId }>("POST", "/channels", { name, parentId });

/** From the answer to whoever made the change until the call that it concerns hears of it. */
async function timed<T>(promise: Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  const value = await promise;
  slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
  return value;
}

async function endsWith(client: SignalClient, closeCode: number, code: string): Promise<void> {
  expect([await timed(client.closed), (await client.next("error")).code]).toEqual([closeCode, code]);
}

async function denySpeak(channel: ChannelId, userId: UserId): Promise<void> {
  const entries = [
    { subject: { type: "user", id: userId }, allow: "0", deny: SPEAK.toString(), appliesTo: "here" },
  ];
  await inOrg("PUT", `/channels/${channel}/acl`, { inherit: true, entries });
}

async function comeBack(username: string): Promise<void> {
  const { code } = await inOrg<{ code: string }>("POST", "/invites", {});
  const { session } = await logIn(server.origin, username);
  await request(server.origin, "POST", `/v1/invites/${code}/accept`, undefined, session.accessToken);
}

it("a join needs no body, over a real socket too", async () => {
  const path = `/channels/${await channelId("Lobby")}/join`;
  expect(await inOrg("POST", path)).toMatchObject({ fence: expect.any(Number) });
});

describe("somebody in a call", () => {
  it("who is kicked is out, and so is a token that they had in store", async () => {
    const bob = await enter("bob", "Lobby");
    const { token } = await bob.user.join("General");
    await inOrg("DELETE", `/members/${bob.id}`);
    await endsWith(bob.client, 4403, "kicked");
    await endsWith(await connect(token), 4403, "kicked");
    await comeBack("bob");
    await enter("bob", "Lobby");
  });

  it("who is banned is out, also with a token in store and with a new one asked for", async () => {
    const charlie = await enter("charlie", "Lobby");
    const { token } = await charlie.user.join("General");
    await inOrg("PUT", `/members/${charlie.id}/ban`, { reason: "spam" });
    await endsWith(charlie.client, 4403, "banned");
    await endsWith(await connect(token), 4403, "banned");
    await expect(charlie.user.join("Lobby")).rejects.toThrow();
    await inOrg("DELETE", `/members/${charlie.id}/ban`);
    await comeBack("charlie");
  });

  it("who loses SPEAK is told so and stays; nothing is negotiated anew", async () => {
    const bob = await enter("bob", "General");
    await denySpeak(await channelId("General"), bob.id);
    const told = await timed(bob.client.next("permissions"));
    expect(has(BigInt(told.permissions), SPEAK)).toBe(false);
    await inOrg("PUT", `/channels/${await channelId("General")}/acl`, { inherit: true, entries: [] });
    expect(has(BigInt((await timed(bob.client.next("permissions"))).permissions), SPEAK)).toBe(true);
  });

  it("who is timed out, or whose role is taken away, is out where they may not connect any more", async () => {
    const { id } = await newChannel("Members only");
    const { roles } = await inOrg<{ roles: { id: RoleId; name: string }[] }>("GET", "/roles");
    const everyone = roles.find(({ name }) => name === "everyone")?.id;
    const member = roles.find(({ name }) => name === "Member")?.id;
    const subject = (roleId: unknown) => ({ type: "role", id: roleId });
    const entries = [
      { subject: subject(everyone), allow: "0", deny: "2" },
      { subject: subject(member), allow: "2", deny: "0" },
    ];
    await inOrg("PUT", `/channels/${id}/acl`, { inherit: true, entries });
    const { id: bobId } = (await logIn(server.origin, "bob")).session.user;
    await inOrg("PATCH", `/members/${bobId}`, { roleIds: [member] });
    const bob = await enter("bob", "Members only");
    await inOrg("PATCH", `/members/${bobId}`, { roleIds: [] });
    await endsWith(bob.client, 4403, "forbidden");

    const again = await enter("bob", "Lobby");
    await inOrg("PUT", `/members/${bobId}/timeout`, { durationSeconds: 60 });
    await endsWith(again.client, 4403, "forbidden");
    await inOrg("DELETE", `/members/${bobId}/timeout`);
  });

  it("who is disconnected by a moderator is out, may come back, and can't do the same to the moderator", async () => {
    const bob = await enter("bob", "Lobby");
    const alice = await enter("alice", "Lobby");
    const disconnect = (as: ApiUser, id: UserId) =>
      request(
        server.origin,
        "POST",
        `/v1/orgs/${orgId}/voice/${id}/disconnect`,
        undefined,
        as.session.accessToken,
      );
    await expect(disconnect(bob.user, alice.id)).rejects.toThrow("403");
    await disconnect(alice.user, bob.id);
    await endsWith(bob.client, 4403, "disconnected");
    await expect(disconnect(alice.user, bob.id)).rejects.toThrow("404");
    await enter("bob", "Lobby");
  });

  it("is out when a channel gets another password with everyone out, and comes back by the new one", async () => {
    const { id } = await newChannel("Secret");
    const set = (password: string, everyoneOut?: boolean) =>
      inOrg("PUT", `/channels/${id}/password`, { password, everyoneOut });
    await set("first");
    const bob = await logIn(server.origin, "bob");
    const client = await connect((await bob.join("Secret", "first")).token);
    await client.next("welcome");
    await set("second");
    client.send({ type: "ping", id: 1 });
    expect((await client.next("pong")).id).toBe(1);
    const { token } = await bob.join("Secret", "second");
    // Tokens are dated in whole seconds.
    const madeAtMs = Date.now();
    await expect.poll(() => Date.now(), { timeout: 5_000 }).toBeGreaterThan(madeAtMs + 1_000);
    await set("third", true);
    await endsWith(client, 4403, "disconnected");
    await endsWith(await connect(token), 4403, "disconnected");
    await expect(bob.join("Secret", "first")).rejects.toThrow("channel_password_wrong");
    const back = await connect((await bob.join("Secret", "third")).token);
    await back.next("welcome");
  });

  it("in a channel that is deleted, or stands below one, is out; others aren't", async () => {
    const parent = await newChannel("Doomed");
    await newChannel("Below", parent.id);
    const alice = await enter("alice", "Below");
    const bob = await enter("bob", "Lobby");
    await inOrg("DELETE", `/channels/${parent.id}?cascade=true`);
    await endsWith(alice.client, 4404, "channel_deleted");
    bob.client.send({ type: "ping", id: 1 });
    expect((await bob.client.next("pong")).id).toBe(1);
  });

  it("who is given SPEAK by their role, or the organisation, hears of it at once", async () => {
    const { roles } = await inOrg<{ roles: { id: RoleId; name: string; permissions: string }[] }>(
      "GET",
      "/roles",
    );
    const everyone = roles.find(({ name }) => name === "everyone");
    const bits = BigInt(everyone?.permissions ?? 0);
    const give = (permissions: bigint) =>
      inOrg("PATCH", `/roles/${everyone?.id}`, { permissions: permissions.toString() });
    await give(bits & ~SPEAK);
    const bob = await enter("bob", "Lobby");
    await give(bits);
    expect(has(BigInt((await timed(bob.client.next("permissions"))).permissions), SPEAK)).toBe(true);
    await inOrg("POST", "/transfer", { userId: bob.id });
    expect(BigInt((await timed(bob.client.next("permissions"))).permissions)).toBe(ALL);
    const path = `/v1/orgs/${orgId}/transfer`;
    const body = { userId: demo.session.user.id };
    await request(server.origin, "POST", path, body, bob.user.session.accessToken);
  });

  it("with a token from before an entry took SPEAK enters without it", async () => {
    const { id } = await newChannel("Stage");
    const bob = await logIn(server.origin, "bob");
    const { token } = await bob.join("Stage");
    await denySpeak(id, bob.session.user.id);
    const client = await connect(token);
    expect(has(BigInt((await client.next("welcome")).permissions), SPEAK)).toBe(true);
    expect(has(BigInt((await timed(client.next("permissions"))).permissions), SPEAK)).toBe(false);
  });
});

describe("polling alone", () => {
  it("ends a call, where no push ever comes", async () => {
    const database = await openDatabase("pglite://memory");
    await migrate(database);
    const tenant = await makeTenant(database);
    const feed = createAuthorizationFeed(database, () => new Date());
    const ended = Promise.withResolvers<string>();
    const call = {
      claims: {
        org: tenant.orgId,
        ch: tenant.channelId,
        sub: tenant.memberId,
        pv: 1,
      },
      permissions: 7n,
      allow: () => {},
      end: ended.resolve,
    };
    const watch = new AuthorizationWatch({
      feed,
      calls: () => [call as never],
      onError: (error) => ended.reject(error as Error),
    });
    await watch.start();
    const change = { kind: "kicked" as const, userId: tenant.memberId, permissionVersion: 2, at: new Date() };
    await withOrg(database, tenant.orgId, (tx) => AuthzChanges.append(tx, tenant.orgId, [change]));
    expect(await ended.promise).toBe("kicked");
    await watch.stop();
    await database.close();
  });
});

describe("an organisation whose rights can't be read", () => {
  const [ours, theirs] = [crypto.randomUUID(), crypto.randomUUID()] as [OrganizationId, OrganizationId];
  const userId = crypto.randomUUID() as UserId;
  const change = (seq: number, kind: "rights" | "banned", orgId: OrganizationId, pv: number | null) => ({
    seq,
    at: new Date(),
    kind,
    orgId,
    userId,
    channelId: null,
    sessionId: null,
    permissionVersion: pv,
  });

  it("holds up nobody's ban elsewhere, and is asked again until it answers", async () => {
    const ended = Promise.withResolvers<string>();
    const allowed = Promise.withResolvers<bigint>();
    const claims = (org: OrganizationId) => ({ org, ch: crypto.randomUUID(), sub: userId, pv: 1 });
    const call = { permissions: 7n, allow: () => {}, end: () => {} };
    const calls = [
      { ...call, claims: claims(theirs), allow: allowed.resolve },
      { ...call, claims: claims(ours), end: ended.resolve },
    ];
    let changes = [change(1, "rights", theirs, null), change(2, "banned", ours, 2)];
    let failures = 0;
    const wakes: (() => void)[] = [];
    const watch = new AuthorizationWatch({
      feed: {
        lastSeq: async () => 0,
        listAfter: async () => changes.splice(0),
        readPermissions: async () => {
          if (++failures <= 2) throw new Error("the statement takes too long");
          return [3n];
        },
        onChange: (wake) => {
          wakes.push(wake);
          return () => {};
        },
      },
      calls: () => calls as never,
      onError: () => {},
    });
    await watch.start();
    for (const wake of wakes) wake();
    expect(await ended.promise).toBe("banned");
    expect(await allowed.promise).toBe(3n);
    changes = [];
    await watch.stop();
  });

  it("ends no call of somebody who came back since the ban that it hears of", async () => {
    const ends: string[] = [];
    const told = Promise.withResolvers<void>();
    const batches = [[change(1, "banned", ours, 2)], []];
    const watch = new AuthorizationWatch({
      feed: {
        lastSeq: async () => 0,
        async listAfter() {
          const batch = batches.shift();
          if (batch?.length === 0) told.resolve();
          return batch ?? [];
        },
        readPermissions: async () => [],
        onChange: () => () => {},
      },
      calls: () => [
        {
          claims: { org: ours, sub: userId, pv: 2 },
          permissions: 7n,
          end: (code: string) => ends.push(code),
        } as never,
      ],
      onError: () => {},
    });
    await watch.start();
    await told.promise;
    await watch.stop();
    expect(ends).toEqual([]);
  });
});
