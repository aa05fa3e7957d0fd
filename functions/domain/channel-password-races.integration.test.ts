/** Rights that come or go while the password of a channel is hashed: what counts is what holds when it is set. */
import { AppError } from "@parley/contract/errors";
import type { ChannelId, UserId } from "@parley/contract/ids";
import { CONNECT, MANAGE_CHANNEL, VIEW } from "@parley/contract/permissions";
import type { Database, Transaction } from "@parley/db/client";
import * as Channels from "@parley/db/queries/channels";
import { withOrg, withSystem } from "@parley/db/scope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { countInMemory } from "../limits/memory.ts";
import { createRateLimits } from "../limits/rate-limits.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { between } from "../testing/between.ts";
import type { Actor } from "./actor.ts";
import { setPassword } from "./channels.ts";

const MANAGES = VIEW | CONNECT | MANAGE_CHANNEL;

let parley: TestApp;
let charlie: { id: UserId; username: string };
let channelId: ChannelId;
let made = 0;

beforeAll(async () => {
  parley = await startApp();
  charlie = (await parley.login("charlie")).user;
});
afterAll(() => parley.database.close());
beforeEach(async () => {
  const input = { name: `Fresh ${++made}`, parentId: null, now: new Date() };
  channelId = (await inOrg((tx) => Channels.create(tx, parley.orgId, input))).id;
  await execute("update memberships set status = 'active'");
  await setEveryone(MANAGES);
});

const inOrg = <T>(work: (tx: Transaction) => Promise<T>) => withOrg(parley.database, parley.orgId, work);
const execute = (statement: string) => withSystem(parley.database, (tx) => tx.execute(statement));
const setEveryone = (permissions: bigint) =>
  execute(`update roles set permissions = ${permissions} where is_everyone and org_id = '${parley.orgId}'`);
const passwordHash = async () =>
  (await inOrg((tx) => Channels.find(tx, parley.orgId, channelId)))?.passwordHash;

/** What came of it, and how many hashes were computed for it. */
async function outcome(db: Database): Promise<[outcome: string, hashed: number]> {
  let hashed = 0;
  const services = {
    db,
    rightsChanged() {},
    passwords: { hash: async () => `hash ${++hashed}`, verify: async () => false },
    limits: createRateLimits(countInMemory, { info() {}, warn() {}, error() {} }),
  };
  const actor = {
    orgId: parley.orgId,
    userId: charlie.id,
    username: charlie.username,
    now: new Date(),
    requestId: crypto.randomUUID(),
  } as Actor;
  const came = await setPassword(services, actor, channelId, { password: "sesame", everyoneOut: false }).then(
    () => "set",
    (error) => (error instanceof AppError ? error.code : String(error)),
  );
  return [came, hashed];
}

/** Of this channel's audit rows, the newest. */
const audited = async () => {
  const text = `select action from audit_log where target_id = '${channelId}' order by seq desc limit 1`;
  return JSON.stringify(await execute(text));
};

// The first use sees whether it is worth a hash, the second one changes.
describe("who manages a channel when its password is hashed", () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ["loses that meanwhile", () => setEveryone(VIEW | CONNECT), "forbidden"],
    ["loses sight of it meanwhile", () => setEveryone(CONNECT | MANAGE_CHANNEL), "not_found"],
    [
      "leaves meanwhile",
      () => execute(`update memberships set status = 'left' where user_id = '${charlie.id}'`),
      "not_found",
    ],
  ])("and %s, sets none", async (_what, narrow, refused) => {
    expect(await outcome(between(parley.database, 2, narrow))).toEqual([refused, 1]);
    expect(await passwordHash()).toBeNull();
    if (refused === "forbidden") expect(await audited()).toContain("channel.password_set.denied");
  });

  test("and still does, sets it", async () => {
    expect(await outcome(between(parley.database, 2, async () => {}))).toEqual(["set", 1]);
    expect(await passwordHash()).toBe("hash 1");
  });
});

test("who comes to manage a channel after no hash was computed for them is to ask again, and takes no password away", async () => {
  await inOrg((tx) => Channels.update(tx, parley.orgId, channelId, { passwordHash: "before" }));
  await setEveryone(VIEW | CONNECT);
  expect(await outcome(between(parley.database, 2, () => setEveryone(MANAGES)))).toEqual(["unavailable", 0]);
  expect(await passwordHash()).toBe("before");
});
