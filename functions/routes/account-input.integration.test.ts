/** api.md, "Bad input": each row that concerns accounts, on each of their routes. Nothing may change by it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { SessionResponse } from "@parley/contract/accounts";
import { problemSchema } from "@parley/contract/errors";
import { BODY_BYTES_MAX } from "@parley/contract/limits";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { wholeDatabase } from "../testing/whole-database.ts";

let parley: TestApp;
let token: string;
let bob: SessionResponse;
/** Of alice: good, so that nothing but the password is wrong. */
let resetToken: string;
let before: string;

interface Route {
  method: string;
  path: string;
  /** What it takes; undefined for a route without a body. */
  body?: Record<string, unknown>;
  open?: boolean;
}

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const credential = { id: "a", rawId: "a", type: "public-key" };
const registration = { ...credential, response: { clientDataJSON: "e30", attestationObject: "oA" } };
const assertion = {
  ...credential,
  response: { clientDataJSON: "e30", authenticatorData: "AA", signature: "AA" },
};
const password = "a long enough passphrase";

const routes: Route[] = [
  { method: "POST", path: "/v1/auth/register", body: { username: "zoe", password }, open: true },
  { method: "POST", path: "/v1/auth/login", body: { username: "zoe", password }, open: true },
  { method: "POST", path: "/v1/auth/refresh", body: { refreshToken: "x" }, open: true },
  { method: "POST", path: "/v1/auth/email/verify", body: { token: "x" }, open: true },
  { method: "POST", path: "/v1/auth/password/forgot", body: { email: "a@b.example" }, open: true },
  { method: "POST", path: "/v1/auth/password/reset", body: { token: "x", password }, open: true },
  { method: "POST", path: "/v1/auth/passkey/options", open: true },
  { method: "POST", path: "/v1/auth/passkey/login", body: { assertion }, open: true },
  { method: "POST", path: "/v1/auth/reauthenticate", body: { password } },
  { method: "POST", path: "/v1/auth/logout" },
  { method: "POST", path: "/v1/auth/logout-all" },
  { method: "GET", path: "/v1/me" },
  { method: "PATCH", path: "/v1/me", body: { username: "zoe" } },
  { method: "DELETE", path: "/v1/me" },
  { method: "POST", path: "/v1/me/export" },
  { method: "GET", path: "/v1/me/organizations" },
  { method: "PUT", path: "/v1/me/password", body: { password } },
  { method: "PUT", path: "/v1/me/email", body: { email: "a@b.example" } },
  { method: "GET", path: "/v1/me/sessions" },
  { method: "DELETE", path: "/v1/me/sessions/:session" },
  { method: "POST", path: "/v1/me/totp" },
  { method: "POST", path: "/v1/me/totp/confirm", body: { code: "123456" } },
  { method: "DELETE", path: "/v1/me/totp" },
  { method: "GET", path: "/v1/me/passkeys" },
  { method: "POST", path: "/v1/me/passkeys/options" },
  { method: "POST", path: "/v1/me/passkeys", body: { name: "Key", registration } },
  { method: "DELETE", path: "/v1/me/passkeys/:passkey" },
];
const named = (list: Route[]) => list.map((route) => [`${route.method} ${route.path}`, route] as const);
const withBody = named(routes.filter(({ body }) => body !== undefined));
const writing = named(routes.filter(({ method }) => method !== "GET"));
const bodiless = named(routes.filter(({ method, body }) => method !== "GET" && body === undefined));
const closed = named(routes.filter(({ open }) => !open));

beforeAll(async () => {
  parley = await startApp();
  token = (await parley.login("alice")).accessToken;
  bob = await parley.login("bob");
  await parley.register("Zo\u00eb");
  resetToken = await askForReset("alice@parley.example");
  await parley.background.settled();
  before = await wholeDatabase(parley.database);
});
afterAll(() => parley.database.close());

const urlOf = (path: string) => path.replace(":session", ID).replace(":passkey", "abc");

async function askForReset(email: string): Promise<string> {
  await parley.send("PUT", "/v1/me/email", { email }, token);
  await parley.post("/v1/auth/email/verify", { token: await parley.mailedToken(email) });
  await parley.post("/v1/auth/password/forgot", { email });
  return parley.mailedToken(email);
}

function send({ method, path }: Route, headers: Record<string, string>, body?: BodyInit) {
  const init = { method, headers: { authorization: `Bearer ${token}`, ...headers } };
  return parley.app.request(urlOf(path), {
    ...init,
    ...(body === undefined ? {} : { body, duplex: "half" }),
  });
}

async function expectProblem(response: Response, status: number, code?: string) {
  const text = await response.text();
  const problem = problemSchema.parse(JSON.parse(text));
  expect([problem.status, code === undefined ? undefined : problem.code, text]).toEqual([status, code, text]);
  expect(response.status).toBe(status);
  expect(text).not.toMatch(/\bat .*\.ts|node_modules|select |insert /i);
}

const JSON_TYPE = { "content-type": "application/json" };

test("every route of accounts stands in this table", () => {
  const served = parley.app.routes
    .filter(({ method, path }) => method !== "ALL" && /^\/v1\/(auth|me)(\/|$)/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
  expect(new Set(served)).toEqual(new Set(routes.map(({ method, path }) => `${method} ${path}`)));
});

describe.each(writing)("%s", (_name, route) => {
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(32)),
    });

  test.each<[number, string, string, Record<string, string>, () => BodyInit]>([
    [400, "malformed_json", "half an object", JSON_TYPE, () => '{"a":'],
    [400, "malformed_json", "bytes that are no UTF-8", JSON_TYPE, () => new Uint8Array([0x22, 0xff, 0x22])],
    [400, "bad_request", "depth 10,000", JSON_TYPE, () => "[".repeat(10_000) + "]".repeat(10_000)],
    [400, "bad_request", "a field twice", JSON_TYPE, () => '{"password":"a","password":"b"}'],
    [400, "bad_request", "__proto__", JSON_TYPE, () => '{"__proto__":{"admin":true}}'],
    [413, "body_too_large", "64 KiB and one byte", JSON_TYPE, () => `"${"x".repeat(BODY_BYTES_MAX - 1)}"`],
    [413, "body_too_large", "a chunked body without end", JSON_TYPE, endless],
    [
      415,
      "unsupported_media_type",
      "a form",
      { "content-type": "application/x-www-form-urlencoded" },
      () => "a=b",
    ],
    [415, "unsupported_media_type", "plain text", { "content-type": "text/plain" }, () => "{}"],
  ])("answers %i %s to %s", async (status, code, _what, headers, body) => {
    await expectProblem(await send(route, headers, body()), status, code);
  });
});

describe.each(withBody)("%s", (_name, route) => {
  const bad: [string, unknown][] = [
    ["an unknown field", { ...route.body, admin: true }],
    ["a list", []],
    ["null", null],
    ["a string", "text"],
    ...Object.keys(route.body ?? {}).flatMap((field): [string, unknown][] => [
      [`a number for ${field}`, { ...route.body, [field]: 7 }],
      [`a list for ${field}`, { ...route.body, [field]: [route.body?.[field]] }],
      [`an object for ${field}`, { ...route.body, [field]: { $ne: "" } }],
      [`nothing for ${field}`, { ...route.body, [field]: "" }],
      [`5,000 characters for ${field}`, { ...route.body, [field]: "x".repeat(5_000) }],
    ]),
  ];
  test.each(bad)("answers 422 to %s", async (_what, body) => {
    await expectProblem(await send(route, JSON_TYPE, JSON.stringify(body)), 422, "validation_failed");
  });
});

describe.each(bodiless)("%s", (_name, route) => {
  test.each([
    ["an unknown field", { x: 1 }],
    ["a list", []],
    ["null", null],
    ["a string", "text"],
  ])("answers 422 to %s", async (_what, body) => {
    await expectProblem(await send(route, JSON_TYPE, JSON.stringify(body)), 422, "validation_failed");
  });
});

describe("text", () => {
  const names = [
    ["NUL", "z\0oe"],
    ["a lone surrogate", "z\ud800oe"],
    ["a bidi override", "z\u202eoe"],
    ["a zero-width space", "z\u200boe"],
    ["a line break", "zo\r\ne"],
  ];
  const fields: [string, string, (text: string) => object][] = [
    ["POST", "/v1/auth/register", (username) => ({ username, password })],
    ["PATCH", "/v1/me", (username) => ({ username })],
    ["POST", "/v1/me/passkeys", (name) => ({ name, registration })],
  ];
  test.each(
    fields.flatMap(([method, path, make]) =>
      names.map(([what, text]) => [method, path, what, make(text ?? "")]),
    ),
  )("%s %s refuses a name with %s", async (method, path, _what, body) => {
    const route = { method: String(method), path: String(path) };
    await expectProblem(await send(route, JSON_TYPE, JSON.stringify(body)), 422, "validation_failed");
  });

  const emails: [string, string, (email: string) => object][] = [
    ["POST", "/v1/auth/register", (email) => ({ username: "zoe", password, email })],
    ["PUT", "/v1/me/email", (email) => ({ email })],
    ["POST", "/v1/auth/password/forgot", (email) => ({ email })],
  ];
  test.each(
    emails.flatMap(([method, path, make]) =>
      [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "a b@c.example",
        "a@b",
        "@b.example",
        "a@b.example, c@d.example",
      ].map((email) => [method, path, email, make(email)]),
    ),
  )("%s %s refuses the email %j", async (method, path, _email, body) => {
    const route = { method: String(method), path: String(path) };
    await expectProblem(await send(route, JSON_TYPE, JSON.stringify(body)), 422, "validation_failed");
  });

  test.each([
    ["POST", "/v1/auth/register", { username: "zoe\u0308", password }],
    ["PATCH", "/v1/me", { username: "zoe\u0308" }],
  ])("%s %s knows a name in another normal form for the same", async (method, path, body) => {
    await expectProblem(await parley.send(method, path, body, token), 409, "name_taken");
  });

  const passwords: [string, string, () => object][] = [
    ["POST", "/v1/auth/register", () => ({ username: "alice" })],
    ["PUT", "/v1/me/password", () => ({})],
    ["POST", "/v1/auth/password/reset", () => ({ token: resetToken })],
  ];
  test.each(
    passwords.flatMap(([method, path, rest]) =>
      [
        ["is too short", "short", "validation_failed"],
        ["is too long", "x".repeat(129), "validation_failed"],
        ["is common", "password1234", "password_too_weak"],
        ["holds the name", "xxxx-alice-xxxx", "password_too_weak"],
      ].map(([what = "", chosen = "", code = ""]) => [method, path, what, chosen, code, rest] as const),
    ),
  )("%s %s refuses a password that %s", async (method, path, _what, chosen, code, rest) => {
    const body = { ...rest(), password: chosen };
    await expectProblem(await parley.send(method, path, body, token), 422, code);
  });
});

describe.each(closed)("%s", (_name, route) => {
  test("answers 401 without a token, and to every token that isn't a valid one of ours", async () => {
    const [access, join] = [parley.keys.access[0], parley.keys.join[0]];
    if (!access || !join) throw new Error("no keys");
    const { user, sessionId } = bob;
    const seconds = Math.floor(Date.now() / 1000);
    const make = (
      header: Record<string, unknown>,
      claims: Record<string, unknown> = {},
      key = access.privateKey,
    ) =>
      new SignJWT({
        sub: user.id,
        sid: sessionId,
        iss: "parley",
        aud: "api",
        jti: "j",
        exp: seconds + 60,
        ...claims,
      })
        .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: access.kid, ...header })
        .sign(key);
    const hmac = new TextEncoder().encode(
      JSON.stringify(await crypto.subtle.exportKey("jwk", access.publicKey)),
    );
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const payload = (await make({})).split(".")[1];
    const bad = [
      undefined,
      "nonsense",
      "a".repeat(8192),
      `${part({ alg: "none", typ: "at+jwt" })}.${payload}.`,
      await make({ alg: "HS256" }, {}, hmac as never),
      await make({ kid: "unknown" }),
      await make({ kid: join.kid }, {}, join.privateKey),
      await make({ jwk: await crypto.subtle.exportKey("jwk", join.publicKey) }, {}, join.privateKey),
      await make({ typ: "join+jwt" }),
      await make({}, { exp: seconds - 60 }),
      await make({}, { nbf: seconds + 60 }),
      await make({}, { aud: "node:a:1" }),
      await make({}, { sid: ID }),
      await make({}, { sub: ID }),
    ];
    const body = route.body === undefined ? undefined : JSON.stringify(route.body);
    for (const text of bad) {
      const authorization = text === undefined ? "" : `Bearer ${text}`;
      const headers = { ...(body === undefined ? {} : JSON_TYPE), authorization };
      await expectProblem(await send(route, headers, body), 401, "unauthenticated");
    }
  });
});

test.each([
  ["DELETE", "/v1/me/sessions/not-an-id", 422, "validation_failed"],
  ["DELETE", `/v1/me/sessions/${ID}`, 404, "not_found"],
  ["DELETE", "/v1/me/passkeys/a%20b", 422, "validation_failed"],
  ["DELETE", "/v1/me/passkeys/abc", 404, "not_found"],
])("%s %s is answered by %i %s", async (method, path, status, code) => {
  await expectProblem(await parley.send(method, path, undefined, token), status, code);
});

// `/v1/me/passkeys/options` may be the id of a passkey: what answers a path isn't only what is spelled like it.
describe.each([...new Set(routes.map(({ path }) => path))])("%s", (path) => {
  const url = urlOf(path);
  const served = routes
    .filter((route) => new RegExp(`^${route.path.replace(/:\w+/, "[^/]+")}$`).test(url))
    .map(({ method }) => method);
  const others = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !served.includes(method));

  test.each(others)("answers 405 to %s and says what it takes", async (method) => {
    const response = await send({ method, path }, {});
    const allowed = served.includes("GET") ? [...served, "HEAD"] : served;
    expect(response.headers.get("allow")?.split(", ")).toEqual(allowed.toSorted());
    await expectProblem(response, 405, "method_not_allowed");
  });
});

test("a thousand unknown key ids make nobody fetch a key, wherever they say that it is", async () => {
  let fetches = 0;
  const elsewhere = createServer((_request, response) => {
    fetches++;
    response.end(JSON.stringify({ keys: [] }));
  });
  elsewhere.listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  for (let n = 0; n < 1_000; n++) {
    const header = part({ alg: "ES256", typ: "at+jwt", kid: `k${n}`, jku: url, x5u: url });
    expect((await parley.get("/v1/me", `${header}.${part({})}.AAAA`)).status).toBe(401);
  }
  elsewhere.close();
  expect(fetches).toBe(0);
});

test("after all of it the database is as it was, but for challenges, and no bug showed", async () => {
  await parley.background.settled();
  const withoutChallenges = (text: string) => text.replace(/-- passkey_challenges\n[\s\S]*?(?=\n-- )/, "");
  expect(withoutChallenges(await wholeDatabase(parley.database))).toBe(withoutChallenges(before));
  expect(parley.errors).toEqual([]);
});
