import { sessionResponseSchema } from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createApp } from "../app.ts";
import { createPasswordQueue } from "../domain/password-queue.ts";
import { rateRules } from "../domain/rate-limits.ts";
import { countInMemory } from "../limits/memory.ts";
import { createRateLimits } from "../limits/rate-limits.ts";
import { PASSWORD, startApp, type TestApp } from "../testing/app.ts";

let parley: TestApp;

beforeAll(async () => {
  parley = await startApp({ rules: rateRules });
});
afterEach(() => vi.useRealTimers());
afterAll(() => parley.database.close());

const from = (ip: string, path: string, body: object) =>
  parley.send("POST", path, body, undefined, { "x-test-ip": ip });
const logIn = (ip: string, username: string, password = "wrong") =>
  from(ip, "/v1/auth/login", { username, password });
const statuses = async (responses: Promise<Response>[]) =>
  (await Promise.all(responses)).map(({ status }) => status);

describe("log-in", () => {
  test.each([
    "alice",
    "nobody",
  ])("of %s waits after ten failures from one address, and not from another", async (name) => {
    for (let n = 0; n < 10; n++) expect((await logIn("192.0.2.1", name)).status).toBe(401);
    const refused = await logIn("192.0.2.1", name, "alice123");
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "rate_limited" });
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(15);
    expect((await logIn("192.0.2.2", name)).status).toBe(401);
  });

  test("is free again after a good one", async () => {
    for (let n = 0; n < 9; n++) await logIn("192.0.2.3", "bob");
    expect((await logIn("192.0.2.3", "bob", "bob123")).status).toBe(200);
    for (let n = 0; n < 9; n++) expect((await logIn("192.0.2.3", "bob")).status).toBe(401);
  });

  test("of many accounts from one /64 is refused after a hundred failures", async () => {
    const all: number[] = [];
    for (let batch = 0; batch < 11; batch++) {
      const ten = Array.from({ length: 10 }, (_, n) => batch * 10 + n);
      all.push(...(await statuses(ten.map((n) => logIn(`2001:db8::${n.toString(16)}`, `nobody${n}`)))));
    }
    expect(all.filter((status) => status === 401).length).toBe(100);
    expect(all.filter((status) => status === 429).length).toBe(10);
    // Who shares the address with them is slowed down and not locked out.
    vi.setSystemTime(Date.now() + 11_000);
    expect((await logIn("2001:db8::ffff", "alice", "alice123")).status).toBe(200);
  });

  test("of one account is one count, by whichever of its names", async () => {
    const email = "two-names@example.com";
    await parley.post("/v1/auth/register", { username: "two-names", password: PASSWORD, email });
    await parley.post("/v1/auth/email/verify", { token: await parley.mailedToken(email) });
    for (let n = 0; n < 5; n++) {
      expect((await logIn("192.0.2.4", "two-names")).status).toBe(401);
      expect((await logIn("192.0.2.4", email)).status).toBe(401);
    }
    expect((await logIn("192.0.2.4", "two-names", PASSWORD)).status).toBe(429);
  });

  test("that the server could not judge takes back its own try, and none before", async () => {
    const { database, directory, keys } = parley;
    const logger = { info() {}, warn() {}, error() {} };
    const queue = createPasswordQueue({ runningMax: 1, waitingMax: 4 });
    const busy = { now: false };
    const app = createApp({
      database,
      directory,
      keys,
      logger,
      now: () => new Date(),
      limits: createRateLimits(countInMemory, logger),
      passwords: {
        hash: queue.hash,
        verify: (hash, password) =>
          busy.now ? Promise.reject(new AppError("unavailable")) : queue.verify(hash, password),
      },
    });
    const status = async (password: string) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ username: "charlie", password });
      return (await app.request("/v1/auth/login", { method: "POST", headers, body })).status;
    };
    for (let n = 0; n < 9; n++) expect(await status("wrong")).toBe(401);
    busy.now = true;
    for (let n = 0; n < 3; n++) expect(await status("wrong")).toBe(503);
    busy.now = false;
    expect(await status("wrong")).toBe(401);
    expect(await status("charlie123")).toBe(429);
  });
});

test("registration is for five in an hour from one address", async () => {
  const register = (n: number) =>
    from("192.0.2.9", "/v1/auth/register", { username: `many${n}`, password: PASSWORD });
  expect(await statuses([0, 1, 2, 3, 4, 5, 6].map(register))).toEqual(expect.arrayContaining([201, 429]));
  expect((await register(8)).status).toBe(429);
  expect(
    (await from("192.0.2.10", "/v1/auth/register", { username: "other", password: PASSWORD })).status,
  ).toBe(201);
});

test("a password may be forgotten three times in an hour, whether or not the address is known", async () => {
  for (const email of ["known@example.com", "unknown@example.com"]) {
    const forgot = () => parley.post("/v1/auth/password/forgot", { email });
    expect(await statuses([forgot(), forgot(), forgot()])).toEqual([202, 202, 202]);
    expect((await forgot()).status).toBe(429);
  }
});

test("mails to ever new addresses may be asked for sixty times a minute from one address", async () => {
  const forgot = (n: number) =>
    from("192.0.2.11", "/v1/auth/password/forgot", { email: `somebody${n}@example.com` });
  const all = await statuses(Array.from({ length: 70 }, (_, n) => forgot(n)));
  expect(all.filter((status) => status === 202).length).toBe(60);
  expect(all.filter((status) => status === 429).length).toBe(10);
});

test("a person changes their password thirty times in an hour, and their name five times", async () => {
  const { accessToken } = await parley.register("rita");
  const changed = async () => {
    const password = "another long passphrase";
    return (await parley.send("PUT", "/v1/me/password", { password }, accessToken)).status;
  };
  for (let n = 0; n < 30; n++) expect(await changed()).toBe(204);
  expect(await changed()).toBe(429);
  const rename = async (username: string) =>
    (await parley.send("PATCH", "/v1/me", { username }, accessToken)).status;
  for (const name of ["rita1", "rita2", "rita3", "rita4", "rita5"]) expect(await rename(name)).toBe(200);
  expect(await rename("rita6")).toBe(429);
});

test("a channel's password may be guessed wrong five times in a minute, by each person and in each channel", async () => {
  const { id } = await parley.channel("Private");
  const join = (token: string, password: string) =>
    parley.post(`/v1/orgs/${parley.orgId}/channels/${id}/join`, { password }, token);
  const charlie = (await parley.login("charlie")).accessToken;
  for (let n = 0; n < 5; n++) expect((await join(charlie, `guess ${n}`)).status).toBe(403);
  // By now a join as such is free again.
  vi.setSystemTime(Date.now() + 11_000);
  const refused = await join(charlie, "letmein");
  expect([refused.status, (await refused.json()) as object]).toMatchObject([429, { code: "rate_limited" }]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(10);
  expect((await join((await parley.login("bob")).accessToken, "letmein")).status).toBe(200);
});

test("a person joins five times at once and ten times in a minute, whatever the channel, and others go on", async () => {
  const lobby = await parley.channel("Lobby");
  const general = await parley.channel("General");
  const join = (token: string, { id }: { id: string }) =>
    parley.post(`/v1/orgs/${parley.orgId}/channels/${id}/join`, {}, token);
  const alice = (await parley.login("alice")).accessToken;
  const startedAtMs = Date.now();
  const fiveAtOnce = async () => {
    for (const channel of [lobby, general, lobby, general, lobby])
      expect((await join(alice, channel)).status).toBe(200);
    const refused = await join(alice, general);
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: "rate_limited" }]);
    return Number(refused.headers.get("retry-after"));
  };
  expect(await fiveAtOnce()).toBeLessThanOrEqual(10);
  vi.setSystemTime(startedAtMs + 11_000);
  expect(await fiveAtOnce()).toBeLessThanOrEqual(10);
  vi.setSystemTime(startedAtMs + 22_000);
  expect(Number((await join(alice, lobby)).headers.get("retry-after"))).toBeGreaterThan(10);
  expect((await join((await parley.login("bob")).accessToken, lobby)).status).toBe(200);
  vi.setSystemTime(startedAtMs + 61_000);
  expect((await join(alice, lobby)).status).toBe(200);
});

test("a session is refreshed thirty times in a minute, and another goes on", async () => {
  let { refreshToken } = await parley.login("charlie");
  const other = await parley.login("charlie");
  const refresh = (token: string | undefined) => parley.post("/v1/auth/refresh", { refreshToken: token });
  for (let n = 0; n < 30; n++) {
    refreshToken = sessionResponseSchema.parse(await (await refresh(refreshToken)).json()).refreshToken;
  }
  expect((await refresh(refreshToken)).status).toBe(429);
  expect((await refresh(other.refreshToken)).status).toBe(200);
});

test("with more log-ins than the queue takes, unknown names queue like known ones, the rest hears 503 with Retry-After, and health is answered meanwhile", async () => {
  const { database, directory, keys } = parley;
  const logger = { info() {}, warn() {}, error() {} };
  const app = createApp({
    database,
    directory,
    keys,
    logger,
    now: () => new Date(),
    limits: createRateLimits(countInMemory, logger),
    passwords: createPasswordQueue({ runningMax: 1, waitingMax: 4 }),
  });
  let settled = 0;
  const flood = Array.from({ length: 30 }, async (_, n) => {
    const response = await app.request("/v1/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: `flood${n}`, password: "wrong" }),
    });
    settled++;
    return response;
  });
  // The refusals come first: by then the queue is full.
  await Promise.any(flood.map(async (one) => ((await one).status === 503 ? one : Promise.reject(one))));
  expect((await app.request("/healthz")).status).toBe(200);
  expect(settled).toBeLessThan(30);
  const answers = await Promise.all(flood);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 401).length + refused.length).toBe(30);
  expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("no request of this file made a bug show", () => {
  expect(parley.errors).toEqual([]);
});
