import { problemSchema } from "@parley/contract/errors";
import { BODY_BYTES_MAX } from "@parley/contract/limits";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "./app.ts";
import { startApp, type TestApp } from "./testing/app.ts";

let parley: TestApp;
let token: string;

beforeAll(async () => {
  parley = await startApp();
  token = (await parley.login("alice")).accessToken;
});
afterAll(() => parley.database.close());

const JSON_TYPE = { "content-type": "application/json" };
const POSTS = ["/v1/auth/register", "/v1/auth/login", "/v1/auth/logout", "join"];

function send(path: string, headers: Record<string, string>, body: BodyInit): Response | Promise<Response> {
  const id = crypto.randomUUID();
  const url = path === "join" ? `/v1/orgs/${id}/channels/${id}/join` : path;
  const init = { method: "POST", headers: { authorization: `Bearer ${token}`, ...headers }, body };
  return parley.app.request(url, { ...init, ...{ duplex: "half" } });
}

const endless = () =>
  new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(32)),
  });

describe.each(POSTS)("POST %s", (path) => {
  test.each<[string, string, Record<string, string>, () => BodyInit]>([
    ["malformed_json", "half an object", JSON_TYPE, () => '{"username":'],
    ["malformed_json", "an empty body", JSON_TYPE, () => ""],
    ["malformed_json", "bytes that are no UTF-8", JSON_TYPE, () => new Uint8Array([0x22, 0xff, 0x22])],
    ["bad_request", "depth 10,000", JSON_TYPE, () => "[".repeat(10_000) + "]".repeat(10_000)],
    ["bad_request", "a field twice", JSON_TYPE, () => '{"password":"a","password":"b"}'],
    ["bad_request", "__proto__", JSON_TYPE, () => '{"__proto__":{"admin":true}}'],
    ["body_too_large", "64 KiB and one byte", JSON_TYPE, () => `"${"x".repeat(BODY_BYTES_MAX - 1)}"`],
    ["body_too_large", "a stream without end", JSON_TYPE, endless],
    [
      "unsupported_media_type",
      "a form",
      { "content-type": "application/x-www-form-urlencoded" },
      () => "a=b",
    ],
    ["unsupported_media_type", "plain text", { "content-type": "text/plain" }, () => "{}"],
  ])("answers %s to %s", async (code, _name, headers, body) => {
    const response = await send(path, headers, body());
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = problemSchema.parse(await response.json());
    expect([problem.code, problem.status]).toEqual([code, response.status]);
    expect(response.headers.get("x-request-id")).toBe(problem.requestId);
  });
});

describe("routing", () => {
  test("an unknown path is a 404, also with a broken body", async () => {
    expect((await parley.get("/v1/nothing")).status).toBe(404);
    expect((await send("/v1/nothing", JSON_TYPE, "{")).status).toBe(404);
  });

  test.each([
    ["PUT", "/v1/me", "DELETE, GET, HEAD, PATCH"],
    ["GET", "/v1/auth/login", "POST"],
    ["PUT", "/v1/orgs/anything/channels", "GET, HEAD, POST"],
    ["PATCH", "/healthz", "GET, HEAD"],
  ])("%s %s is a 405 that allows %s", async (method, path, allow) => {
    const response = await parley.app.request(path, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
  });
});

describe("every answer", () => {
  test.each([
    "/healthz",
    "/readyz",
    "/v1/me",
    "/nothing",
    "/openapi.json",
  ])("%s has the headers", async (path) => {
    const { headers } = await parley.get(path);
    expect(headers.get("x-request-id")).toMatch(/^[\w-]+$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("permissions-policy")).toContain("microphone=(self)");
    expect(headers.get("content-security-policy")).toContain("connect-src 'self' ws: wss:");
  });

  test("of the API is not for caches, and the key set is for five minutes", async () => {
    expect((await parley.get("/v1/me", token)).headers.get("cache-control")).toBe("no-store");
    const keys = await parley.get("/.well-known/jwks.json");
    expect(keys.headers.get("cache-control")).toBe("public, max-age=300");
  });

  test("allows the origins that are listed and no other", async () => {
    const { database, directory, keys } = parley;
    const logger = { info() {}, warn() {}, error() {} };
    const allowedOrigins = ["https://a.example"];
    const app = createApp({ database, directory, keys, logger, allowedOrigins, now: () => new Date() });
    const allowed = async (origin: string) =>
      (await app.request("/v1/me", { headers: { origin } })).headers.get("access-control-allow-origin");
    expect(await allowed("https://a.example")).toBe("https://a.example");
    expect(await allowed("https://b.example")).toBeNull();
  });
});

test("a bug is a 500 that is logged with its cause and not described", async () => {
  const { database, keys } = parley;
  const errors: object[] = [];
  const logger = { info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
  const directory = { ...parley.directory, listNodes: () => Promise.reject(new Error("the secret reason")) };
  const app = createApp({ database, directory, keys, logger, now: () => new Date() });
  const response = await app.request("/readyz");
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  expect(errors).toMatchObject([{ err: { message: "the secret reason" }, path: "/readyz" }]);
});

test("the OpenAPI document names every route of the API", async () => {
  const { paths } = (await (await parley.get("/openapi.json")).json()) as { paths: Record<string, object> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
  );
  const served = parley.app.routes
    .filter((route) => route.method !== "ALL" && route.path.startsWith("/v1/"))
    .map((route) => `${route.method} ${route.path}`);
  expect(new Set(documented)).toEqual(new Set(served));
});

test("a change that takes no body refuses one, whichever it is", async () => {
  const { paths } = (await (await parley.get("/openapi.json")).json()) as {
    paths: Record<string, Record<string, { requestBody?: object }>>;
  };
  const bodiless = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method, { requestBody }]) => method !== "get" && requestBody === undefined)
      .map(([method]) => [method.toUpperCase(), path] as const),
  );
  expect(bodiless.length).toBeGreaterThan(15);
  const errors = [{ path: "x", code: "unknown_field" }];
  for (const [method, path] of bodiless) {
    const url = path.replaceAll(/\{\w+\}/g, () => crypto.randomUUID());
    const problem = await (await parley.send(method, url, { x: 1 }, token)).json();
    expect([method, path, problem]).toMatchObject([method, path, { status: 422, errors }]);
  }
});

test("/docs shows every route of the API to people, with no script, style or address from elsewhere", async () => {
  const response = await parley.get("/docs");
  expect(response.headers.get("content-type")).toContain("text/html");
  const page = await response.text();
  for (const { method, path } of parley.app.routes) {
    if (method === "ALL" || !path.startsWith("/v1/")) continue;
    expect(page).toContain(`<b>${method}</b> ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  }
  expect(page).not.toMatch(/<script|<style|style=|https?:\/\//);
  expect((await parley.get("/docs.css")).headers.get("content-type")).toContain("text/css");
});

test("no request of this file made a bug show", () => {
  expect(parley.errors).toEqual([]);
});
