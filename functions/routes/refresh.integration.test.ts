import { sessionResponseSchema } from "@parley/contract/accounts";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as AuthzChanges from "@parley/db/queries/authz-changes";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import * as RefreshToken from "../domain/refresh-token.ts";
import { startApp, type TestApp } from "../testing/app.ts";

let parley: TestApp;

beforeAll(async () => {
  parley = await startApp();
});
afterEach(() => {
  parley.clock.aheadMs = 0;
});
afterAll(() => parley.database.close());

const DAY_MS = 86_400_000;
const refresh = (refreshToken: unknown) => parley.post("/v1/auth/refresh", { refreshToken });
const tokensOf = async (response: Response) => sessionResponseSchema.parse(await response.json());

async function logIn(name = "bob") {
  const session = await parley.login(name);
  return { ...session, refreshToken: session.refreshToken ?? "" };
}

describe("a refresh token", () => {
  test("gives an access token that works and a successor, and so on", async () => {
    let { refreshToken, sessionId } = await logIn();
    for (let n = 0; n < 3; n++) {
      const next = await tokensOf(await refresh(refreshToken));
      expect(next.sessionId).toBe(sessionId);
      expect(next.refreshToken).not.toBe(refreshToken);
      expect((await parley.get("/v1/me", next.accessToken)).status).toBe(200);
      refreshToken = next.refreshToken ?? "";
    }
  });

  test("presented 20 times at once gives one successor", async () => {
    const { refreshToken } = await logIn();
    const responses = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    const successors = await Promise.all(
      responses.map(async (response) => (await tokensOf(response)).refreshToken),
    );
    expect(new Set(successors).size).toBe(1);
    expect((await refresh(successors[0])).status).toBe(200);
  });

  test("gives the same successor for ten seconds more, and no longer", async () => {
    const { refreshToken, accessToken } = await logIn();
    const first = await tokensOf(await refresh(refreshToken));
    parley.clock.aheadMs = 5_000;
    expect((await tokensOf(await refresh(refreshToken))).refreshToken).toBe(first.refreshToken);
    parley.clock.aheadMs = 11_000;
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await parley.get("/v1/me", accessToken)).status).toBe(401);
  });

  test("of two generations ago ends the session at once, audits it and tells the nodes", async () => {
    const thief = await logIn();
    const second = await tokensOf(await refresh(thief.refreshToken));
    const third = await tokensOf(await refresh(second.refreshToken));
    const other = await logIn();
    expect((await refresh(thief.refreshToken)).status).toBe(401);
    expect((await refresh(third.refreshToken)).status).toBe(401);
    expect((await parley.get("/v1/me", third.accessToken)).status).toBe(401);
    expect((await parley.get("/v1/me", other.accessToken)).status).toBe(200);
    const [event] = await withSystem(parley.database, (tx) => AuditLog.listConcerning(tx, thief.user.id, 1));
    const [told] = (await withSystem(parley.database, (tx) => AuthzChanges.listAfter(tx, 0, 1_000))).slice(
      -1,
    );
    expect(told).toMatchObject({ kind: "session", sessionId: thief.sessionId, userId: thief.user.id });
    const events = await withSystem(parley.database, (tx) => AuditLog.listConcerning(tx, thief.user.id, 5));
    expect(event && events.map(({ action, targetId }) => [action, targetId])).toContainEqual([
      "session.reuse",
      thief.sessionId,
    ]);
  });

  test("that somebody made up in a session's name harms nobody", async () => {
    const { refreshToken, sessionId } = await logIn();
    const bytes = Buffer.from(refreshToken, "base64url");
    const changed = (at: number) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy.toString("base64url");
    };
    const otherKeys = { ...parley.keys, secret: new Uint8Array(32) };
    const made = [changed(0), changed(20), changed(60), RefreshToken.first(otherKeys, sessionId).text];
    for (const text of [...made, "", "x", refreshToken.slice(0, -4), `${refreshToken}AAAA`]) {
      expect([401, 422]).toContain((await refresh(text)).status);
    }
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  test("ends when it wasn't used for seven days, and after thirty in any case", async () => {
    const idle = await logIn();
    let { refreshToken } = await logIn();
    parley.clock.aheadMs = 7 * DAY_MS + 1_000;
    expect((await refresh(idle.refreshToken)).status).toBe(401);
    for (const days of [6, 12, 18, 24, 29.9]) {
      parley.clock.aheadMs = days * DAY_MS;
      const response = await refresh(refreshToken);
      if (days === 6) expect(response.status).toBe(200);
      if (response.status === 200) refreshToken = (await tokensOf(response)).refreshToken ?? "";
    }
    parley.clock.aheadMs = 30 * DAY_MS + 1_000;
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  test("ends with log-out and with the account's being disabled", async () => {
    const { refreshToken, accessToken } = await logIn();
    await parley.post("/v1/auth/logout", undefined, accessToken);
    expect((await refresh(refreshToken)).status).toBe(401);
    const dora = await parley.register("dora");
    await withSystem(parley.database, (tx) => Users.update(tx, dora.user.id, { status: "disabled" }));
    expect((await refresh(dora.refreshToken)).status).toBe(401);
  });

  test("is nowhere in the database", async () => {
    const { refreshToken } = await logIn();
    const secret = Buffer.from(refreshToken, "base64url").subarray(16, 48).toString("hex");
    const { rows } = (await withSystem(parley.database, (tx) =>
      tx.execute("select sessions::text as row from sessions"),
    )) as unknown as { rows: { row: string }[] };
    const text = rows.map(({ row }) => row).join("\n");
    expect(text.length).toBeGreaterThan(100);
    for (const canary of [refreshToken, secret]) expect(text).not.toContain(canary);
  });
});

describe("in a browser", () => {
  const HTTPS = "https://talk.example";
  const send = (
    path: string,
    body: object,
    headers: Record<string, string> = {},
    origin = "http://localhost",
  ) =>
    parley.app.request(`${origin}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const logInThere = (origin: string) =>
    send("/v1/auth/login", { username: "bob", password: "bob123", tokenIn: "cookie" }, {}, origin);

  test("the token is in a cookie that only this host gets, and in no body", async () => {
    const response = await logInThere(HTTPS);
    expect((await tokensOf(response)).refreshToken).toBeUndefined();
    expect(response.headers.get("set-cookie")).toMatch(
      /^__Host-parley_refresh=[\w-]{86}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  test("on http://localhost the cookie has a plain name", async () => {
    const response = await logInThere("http://localhost");
    expect(response.headers.get("set-cookie")).toMatch(
      /^parley_refresh=[\w-]{86}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  test("the cookie's successor goes into the cookie, never into the body", async () => {
    const cookie = (await logInThere("http://localhost")).headers.get("set-cookie")?.split(";")[0] ?? "";
    const response = await send("/v1/auth/refresh", {}, { cookie, "sec-fetch-site": "same-origin" });
    expect(response.status).toBe(200);
    expect((await tokensOf(response)).refreshToken).toBeUndefined();
    expect(response.headers.get("set-cookie")).toContain("parley_refresh=");
  });

  test("a page of another origin can't use the cookie", async () => {
    const cookie = (await logInThere("http://localhost")).headers.get("set-cookie")?.split(";")[0] ?? "";
    for (const site of ["same-site", "cross-site"]) {
      expect((await send("/v1/auth/refresh", {}, { cookie, "sec-fetch-site": site })).status).toBe(403);
    }
  });

  test("a cookie that opens nothing is taken back, and log-out takes it back", async () => {
    const stale = await send("/v1/auth/refresh", {}, { cookie: "parley_refresh=nonsense" });
    expect([stale.status, stale.headers.get("set-cookie")]).toEqual([
      401,
      "parley_refresh=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict",
    ]);
    const { accessToken } = await tokensOf(await logInThere("http://localhost"));
    const out = await parley.post("/v1/auth/logout", undefined, accessToken);
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await parley.post("/v1/auth/refresh")).status).toBe(401);
  });
});

test("no request of this file made a bug show", () => {
  expect(parley.errors).toEqual([]);
});
