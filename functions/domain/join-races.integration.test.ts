/** What happens between two steps of a join or a read: rights that narrow, a connection that is cut. */
import { AppError } from "@parley/contract/errors";
import type { ChannelId, UserId } from "@parley/contract/ids";
import type { Database, Transaction } from "@parley/db/client";
import * as Bans from "@parley/db/queries/bans";
import * as Channels from "@parley/db/queries/channels";
import * as Organizations from "@parley/db/queries/organizations";
import type { ActiveSession } from "@parley/db/queries/sessions";
import * as VoiceRooms from "@parley/db/queries/voice-rooms";
import { withOrg, withSystem } from "@parley/db/scope";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { countInMemory } from "../limits/memory.ts";
import { createRateLimits } from "../limits/rate-limits.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { between } from "../testing/between.ts";
import type { AccessClaims } from "./access-token.ts";
import * as ChannelTree from "./channel-tree.ts";
import { join } from "./join.ts";
import { createPasswordQueue } from "./password-queue.ts";

let parley: TestApp;
let charlie: { id: UserId; username: string };
let channelId: ChannelId;
let made = 0;

beforeAll(async () => {
  parley = await startApp();
  charlie = (await parley.login("charlie")).user;
});
afterAll(() => parley.database.close());
/** One without a room yet: joining it places one. */
beforeEach(async () => {
  const input = { name: `Fresh ${++made}`, parentId: null, now: new Date() };
  channelId = (await inOrg((tx) => Channels.create(tx, parley.orgId, input))).id;
});

const inOrg = <T>(work: (tx: Transaction) => Promise<T>) => withOrg(parley.database, parley.orgId, work);
const lease = () => inOrg((tx) => VoiceRooms.find(tx, parley.orgId, channelId));

async function outcome(db: Database, password?: string): Promise<string> {
  const services = {
    db,
    directory: parley.directory,
    keys: parley.keys,
    passwords: createPasswordQueue({ runningMax: 1, waitingMax: 1 }),
    limits: createRateLimits(countInMemory, { info() {}, warn() {}, error() {} }),
    now: () => new Date(),
  };
  const session = { id: charlie.id, authenticatedAt: new Date(), user: charlie } as unknown as ActiveSession;
  return join(services, { orgId: parley.orgId, channelId, session, password }).then(
    () => "in",
    (error) => (error instanceof AppError ? error.code : String(error)),
  );
}

/** The database, whose first answer to a read is lost with its connection. */
function losesFirstAnswer(): Database & { lost: number } {
  const { driver } = parley.database;
  const losing = {
    ...parley.database,
    lost: 0,
    driver: {
      ...driver,
      withConnection: <T>(work: Parameters<typeof driver.withConnection<T>>[0]) =>
        driver.withConnection<T>((connection) =>
          work({
            ...connection,
            async pipeline(statements) {
              const rows = await connection.pipeline(statements);
              if (losing.lost++ === 0) throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
              return rows;
            },
          }),
        ),
    },
  };
  return losing;
}

const execute = (statement: string) => withSystem(parley.database, (tx) => tx.execute(statement));
const setEveryone = (permissions: number) =>
  execute(`update roles set permissions = ${permissions} where is_everyone and org_id = '${parley.orgId}'`);

describe("a room is placed for rights that still hold when it is placed", () => {
  const ban = () =>
    inOrg((tx) => {
      const end = { reason: "", now: new Date(), expiresAt: null };
      return Bans.create(tx, parley.orgId, { userId: charlie.id, bannedBy: charlie.id, ...end });
    });
  const unban = async () => {
    await execute("delete from bans");
    await execute("update memberships set status = 'active' where status = 'banned'");
  };
  const nothing = async () => {};

  test.each<[string, () => Promise<unknown>, string, () => Promise<unknown>]>([
    ["lost CONNECT", () => setEveryone(1), "forbidden", () => setEveryone(31)],
    ["lost sight of the channel", () => setEveryone(2), "not_found", () => setEveryone(31)],
    ["was banned", ban, "not_found", unban],
    [
      "finds a password on it",
      () => execute(`update channels set password_hash = 'x' where id = '${channelId}'`),
      "channel_password_required",
      nothing,
    ],
    [
      "finds the organisation full",
      async () => {
        await withSystem(parley.database, (tx) => Organizations.update(tx, parley.orgId, { voicesMax: 1 }));
        await parley.directory.reserveVoice(parley.orgId, parley.orgId as unknown as UserId, 1);
      },
      "quota_exceeded",
      () => withSystem(parley.database, (tx) => Organizations.update(tx, parley.orgId, { voicesMax: 0 })),
    ],
    ["finds it gone", () => execute(`delete from channels where id = '${channelId}'`), "not_found", nothing],
  ])("who %s since they were seen gets no token, and no room", async (_what, narrow, refused, restore) => {
    onTestFinished(async () => void (await restore()));
    // The first use sees that the room has no place, the second one places it.
    expect(await outcome(between(parley.database, 2, narrow))).toBe(refused);
    expect(await lease()).toBeUndefined();
  });

  test("and with nothing narrowed the same way leads in", async () => {
    let steps = 0;
    expect(await outcome(between(parley.database, 2, async () => void steps++))).toBe("in");
    expect([steps, (await lease())?.fence]).toEqual([1, 1]);
  });
});

describe("a connection that is cut while it reads", () => {
  test("costs a join nothing: it is read again, and its room placed once", async () => {
    for (const room of ["without a place", "on its node"]) {
      const db = losesFirstAnswer();
      expect([room, await outcome(db)]).toEqual([room, "in"]);
      expect(db.lost).toBeGreaterThan(1);
      expect((await lease())?.fence).toBe(1);
    }
  });

  test("costs a tree nothing", async () => {
    const { user, accessToken } = await parley.login("charlie");
    const payload = Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString();
    const claims = JSON.parse(payload) as AccessClaims;
    const asker = { orgId: parley.orgId, userId: user.id, now: new Date() };
    const whole = await ChannelTree.read(parley.database, asker);
    expect(whole.length).toBeGreaterThan(3);
    expect(await ChannelTree.read(losesFirstAnswer(), asker)).toEqual(whole);
    expect(await ChannelTree.readAs(losesFirstAnswer(), claims, asker)).toEqual(whole);
  });
});
