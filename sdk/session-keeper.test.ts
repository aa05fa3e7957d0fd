import type { SessionResponse } from "@parley/contract/accounts";
import { AppError, type ErrorCode, toProblem } from "@parley/contract/errors";
import { expect, test } from "vitest";
import { apiRequest, nothing } from "./api-request.ts";
import { HttpClient } from "./http-client.ts";
import { SessionKeeper } from "./session-keeper.ts";

const id = "01890a5d-ac96-774b-bcce-b302099a8057" as never;
const FAR = "2099-01-01T00:00:00.000Z";

const sessionOf = (n: number, expiresAt = FAR): SessionResponse => ({
  user: { id, username: "anna" },
  sessionId: id,
  accessToken: `access-${n}`,
  expiresAt,
  refreshToken: `refresh-${n}`,
});

/** A server whose access tokens count up; `live` is the one that it takes. */
function world(options: { session?: SessionResponse; tokenIn?: "body" | "cookie" } = {}) {
  const state = {
    live: 1,
    refreshes: 0,
    refusal: undefined as ErrorCode | undefined,
    bodies: [] as unknown[],
  };
  const problem = (code: ErrorCode) => {
    const body = toProblem(new AppError(code), "r1");
    return Response.json(body, { status: body.status });
  };
  const http = new HttpClient("http://parley.example", async (input, init) => {
    const { pathname } = new URL(String(input));
    if (pathname === "/v1/auth/refresh") {
      state.refreshes++;
      state.bodies.push(JSON.parse(String(init?.body)));
      if (state.refusal) return problem(state.refusal);
      state.live++;
      return Response.json(sessionOf(state.live));
    }
    const token = new Headers(init?.headers).get("authorization");
    return token === `Bearer access-${state.live}`
      ? new Response(null, { status: 204 })
      : problem("unauthenticated");
  });
  const changes: (string | undefined)[] = [];
  const keeper = new SessionKeeper({
    http,
    tokenIn: options.tokenIn ?? "body",
    session: options.session,
    onChange: (session) => changes.push(session?.accessToken),
  });
  return { state, keeper, changes, ask: () => keeper.request(apiRequest("DELETE", "/v1/me"), nothing) };
}

test("a token that is about to end is renewed first, once for all who ask at the same time", async () => {
  const { state, ask } = world({ session: sessionOf(1, new Date(Date.now() + 10_000).toISOString()) });
  await Promise.all([ask(), ask(), ask()]);
  expect([state.refreshes, state.bodies]).toEqual([1, [{ refreshToken: "refresh-1" }]]);
});

test("a token that is refused before its time is renewed, and the request sent again", async () => {
  const { state, ask, keeper } = world({ session: sessionOf(1) });
  state.live = 5;
  await ask();
  expect([state.refreshes, keeper.session?.accessToken]).toEqual([1, "access-6"]);
});

test("a refused refresh ends the session; a server that can't answer doesn't", async () => {
  const { state, ask, keeper, changes } = world({ session: sessionOf(1) });
  state.live = 5;
  state.refusal = "unavailable";
  await expect(ask()).rejects.toMatchObject({ code: "unavailable" });
  expect(keeper.session).toBeDefined();
  state.refusal = "unauthenticated";
  await expect(ask()).rejects.toMatchObject({ code: "unauthenticated" });
  expect([keeper.session, changes]).toEqual([undefined, [undefined]]);
});

test("with the token in a cookie, a session comes back after a reload, and none where there is none", async () => {
  const { state, keeper } = world({ tokenIn: "cookie" });
  expect((await keeper.restore())?.accessToken).toBe("access-2");
  expect(state.bodies).toEqual([{}]);
  const nobody = world({ tokenIn: "cookie" });
  nobody.state.refusal = "unauthenticated";
  expect(await nobody.keeper.restore()).toBeUndefined();
});

test("a refresh that comes back after log-out brings nobody back", async () => {
  const { keeper } = world({ session: sessionOf(1) });
  const restoring = keeper.restore();
  keeper.end();
  expect(await restoring).toBeUndefined();
  expect(keeper.session).toBeUndefined();
});
