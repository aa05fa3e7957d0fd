/** What happens to a request while it waits for its password to be hashed: the answer goes by what is then. */
import { type SessionResponse, sessionResponseSchema } from "@parley/contract/accounts";
import { totpEnrolmentSchema } from "@parley/contract/second-factors";
import * as PasswordHash from "@parley/db/password-hash";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { createPasswordQueue } from "../domain/password-queue.ts";
import { countInMemory } from "../limits/memory.ts";
import { createRateLimits } from "../limits/rate-limits.ts";
import { PASSWORD, startApp, type TestApp } from "../testing/app.ts";

const NEW_PASSWORD = "a wholly new passphrase";
const THIEFS_PASSWORD = "what the thief would like";

let parley: TestApp;
let slow: ReturnType<typeof slowApp>;

beforeAll(async () => {
  parley = await startApp();
  slow = slowApp();
});
afterAll(() => parley.database.close());

/** The same control plane, but a request that has done its hashing stops there until it is let go. */
function slowApp() {
  const queue = createPasswordQueue({ runningMax: 2, waitingMax: 10 });
  const held: { arrived: () => void; released: Promise<void> }[] = [];
  const hold = async <T>(result: T): Promise<T> => {
    const next = held.shift();
    next?.arrived();
    await next?.released;
    return result;
  };
  const { database, directory, keys } = parley;
  const logger = { info() {}, warn() {}, error: (fields: object) => void parley.errors.push(fields) };
  const app = createApp({
    database,
    directory,
    keys,
    logger,
    now: () => new Date(),
    limits: createRateLimits(countInMemory, logger),
    passwords: {
      hash: async (password) => hold(await queue.hash(password)),
      verify: async (hash, password) => hold(await queue.verify(hash, password)),
    },
  });
  return {
    send: async (method: string, path: string, body: object, token?: string) =>
      app.request(path, {
        method,
        headers: {
          "content-type": "application/json",
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(body),
      }),
    /** Resolves once the next request that hashes has done so and stands still. */
    holdNext() {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held.push({ arrived: arrived.resolve, released: released.promise });
      return { arrived: arrived.promise, release: released.resolve };
    },
  };
}

const statusOf = async (response: Promise<Response>) => (await response).status;
const logIn = (username: string, password: string) => parley.post("/v1/auth/login", { username, password });
const changePassword = (session: SessionResponse) =>
  parley.send("PUT", "/v1/me/password", { password: NEW_PASSWORD }, session.accessToken);

async function turnCodesOn({ accessToken }: SessionResponse): Promise<void> {
  const answer = await parley.post("/v1/me/totp", undefined, accessToken);
  const { secret } = totpEnrolmentSchema.parse(await answer.json());
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  expect(await statusOf(parley.post("/v1/me/totp/confirm", { code }, accessToken))).toBe(200);
}

describe("a log-in that waits", () => {
  test("is refused when the password was changed meanwhile", async () => {
    const owner = await parley.register("olga");
    const { arrived, release } = slow.holdNext();
    const thief = slow.send("POST", "/v1/auth/login", { username: "olga", password: PASSWORD });
    await arrived;
    expect(await statusOf(changePassword(owner))).toBe(204);
    release();
    const answer = await thief;
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: "invalid_credentials" }]);
    expect(await statusOf(logIn("olga", NEW_PASSWORD))).toBe(200);
  });

  test("is refused when the account was disabled meanwhile", async () => {
    const { user } = await parley.register("dirk");
    const { arrived, release } = slow.holdNext();
    const waiting = slow.send("POST", "/v1/auth/login", { username: "dirk", password: PASSWORD });
    await arrived;
    await withSystem(parley.database, (tx) => Users.update(tx, user.id, { status: "disabled" }));
    release();
    expect(await statusOf(waiting)).toBe(401);
  });

  test("is refused when codes were switched on meanwhile", async () => {
    const owner = await parley.register("tilda");
    const { arrived, release } = slow.holdNext();
    const thief = slow.send("POST", "/v1/auth/login", { username: "tilda", password: PASSWORD });
    await arrived;
    await turnCodesOn(owner);
    release();
    expect(await statusOf(thief)).toBe(401);
  });

  test("goes through when only the hash was made anew meanwhile", async () => {
    const { user } = await parley.register("renate");
    const { arrived, release } = slow.holdNext();
    const waiting = slow.send("POST", "/v1/auth/login", { username: "renate", password: PASSWORD });
    await arrived;
    const to = await PasswordHash.hashPassword(PASSWORD);
    await withSystem(parley.database, async (tx) => {
      const from = (await Users.find(tx, user.id))?.passwordHash ?? "";
      await Users.rehash(tx, user.id, { from, to });
    });
    release();
    expect(sessionResponseSchema.parse(await (await waiting).json()).user.id).toBe(user.id);
  });
});

describe("of a session that was ended meanwhile", () => {
  test("a password change that waits is refused", async () => {
    const owner = await parley.register("paula");
    const thief = await parley.login("paula", PASSWORD);
    const { arrived, release } = slow.holdNext();
    const change = slow.send("PUT", "/v1/me/password", { password: THIEFS_PASSWORD }, thief.accessToken);
    await arrived;
    expect(await statusOf(parley.post("/v1/auth/logout-all", undefined, owner.accessToken))).toBe(204);
    release();
    expect(await statusOf(change)).toBe(401);
    expect(await statusOf(logIn("paula", PASSWORD))).toBe(200);
    expect(await statusOf(logIn("paula", THIEFS_PASSWORD))).toBe(401);
  });

  test("a proof of who it is that waits is refused", async () => {
    const owner = await parley.register("queenie");
    const thief = await parley.login("queenie", PASSWORD);
    const { arrived, release } = slow.holdNext();
    const proof = slow.send("POST", "/v1/auth/reauthenticate", { password: PASSWORD }, thief.accessToken);
    await arrived;
    expect(await statusOf(parley.post("/v1/auth/logout-all", undefined, owner.accessToken))).toBe(204);
    release();
    expect(await statusOf(proof)).toBe(401);
  });
});

test("a proof of who it is that waits is refused when codes were switched on meanwhile", async () => {
  const owner = await parley.register("ulla");
  const thief = await parley.login("ulla", PASSWORD);
  const { arrived, release } = slow.holdNext();
  const proof = slow.send("POST", "/v1/auth/reauthenticate", { password: PASSWORD }, thief.accessToken);
  await arrived;
  await turnCodesOn(owner);
  release();
  expect(await statusOf(proof)).toBe(401);
});

test("no request of this file made a bug show", () => {
  expect(parley.errors).toEqual([]);
});
