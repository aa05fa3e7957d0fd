import { sessionResponseSchema } from "@parley/contract/accounts";
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, TOKEN_ISSUER } from "@parley/contract/join";
import { hashPassword } from "@parley/db/password-hash";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { createPasswordQueue } from "../domain/password-queue.ts";
import { PASSWORD, startApp, type TestApp } from "../testing/app.ts";

let parley: TestApp;

beforeAll(async () => {
  parley = await startApp();
});
afterAll(() => parley.database.close());

/** Of PASSWORD, with 8 MiB. */
const WEAKER_HASH =
  "$argon2id$v=19$m=8192,t=2,p=1$eUuwt40xFGnfA2J4kJxG1w$TsAIveMnziEDeF9G/uBUPQ+WkURe4EKFMoeYTrxFKP4";
const GERT = { username: "gert", password: PASSWORD };

describe("register", () => {
  test("makes an account whose token and password work", async () => {
    const response = await parley.post("/v1/auth/register", { username: "Dora", password: PASSWORD });
    expect(response.status).toBe(201);
    const session = sessionResponseSchema.parse(await response.json());
    const me = await parley.get("/v1/me", session.accessToken);
    expect(await me.json()).toMatchObject({ id: session.user.id, username: "Dora", email: null });
    expect((await parley.login("dora", PASSWORD)).user.id).toBe(session.user.id);
  });

  test("gives a name to one of many that ask at once, whatever its case", async () => {
    const names = ["Erik", "erik", "ERIK", "eRik"];
    const responses = await Promise.all(
      names.map((username) => parley.post("/v1/auth/register", { username, password: PASSWORD })),
    );
    expect(responses.map((response) => response.status).sort()).toEqual([201, 409, 409, 409]);
  });

  test("makes account and session together or not at all", async () => {
    const { withConnection } = parley.database.driver;
    await withConnection(({ run }) =>
      run(`create function no_session() returns trigger language plpgsql as $$ begin raise 'no session'; end $$;
        create trigger no_session before insert on sessions execute function no_session();`),
    );
    const account = { username: "halfway", password: PASSWORD };
    expect((await parley.post("/v1/auth/register", account)).status).toBe(500);
    await withConnection(({ run }) => run("drop function no_session cascade"));
    expect((await parley.post("/v1/auth/register", account)).status).toBe(201);
    expect(parley.errors.splice(0)).toHaveLength(1);
  });

  test("refuses a password with the user name in it", async () => {
    const response = await parley.post("/v1/auth/register", {
      username: "frida",
      password: "xx-FRIDA-xx-yy",
    });
    expect(await response.json()).toMatchObject({ status: 422, code: "password_too_weak" });
  });

  test.each([
    "password1234",
    "QWERTYUIOP123",
    "1q2w3e4r5t6y",
  ])("refuses %s, which everybody knows", async (password) => {
    const response = await parley.post("/v1/auth/register", { username: "frida", password });
    expect(await response.json()).toMatchObject({ status: 422, code: "password_too_weak" });
  });

  test("takes a password in either normal form of Unicode", async () => {
    await parley.register("norma", "caf\u00e9 caf\u00e9 caf\u00e9");
    expect((await parley.login("norma", "cafe\u0301 cafe\u0301 cafe\u0301")).user.username).toBe("norma");
  });

  test.each([
    ["nothing", {}, ["username invalid_type", "password invalid_type"]],
    ["a list", [], [" invalid_type"]],
    ["an unknown field", { username: "gert", password: PASSWORD, admin: true }, ["admin unknown_field"]],
    ["an @ in the name", { username: "g@b.example", password: PASSWORD }, ["username at_sign"]],
    ["CRLF in the email", { ...GERT, email: "a@b.example\r\nBcc: c@d.example" }, ["email invalid_email"]],
    ["no email", { ...GERT, email: "nobody" }, ["email invalid_email"]],
    ["a long email", { ...GERT, email: `${"x".repeat(250)}@b.example` }, ["email too_long"]],
    ["an unknown place for the token", { ...GERT, tokenIn: "url" }, ["tokenIn invalid_value"]],
    ["a short name", { username: "g", password: PASSWORD }, ["username too_short"]],
    ["a long name", { username: "g".repeat(33), password: PASSWORD }, ["username too_long"]],
    ["a NUL", { username: "ge\0rt", password: PASSWORD }, ["username hidden_character"]],
    ["a bidi override", { username: "ge\u202ert", password: PASSWORD }, ["username hidden_character"]],
    ["a zero-width space", { username: "ge\u200brt", password: PASSWORD }, ["username hidden_character"]],
    ["a lone surrogate", { username: "ge\ud800rt", password: PASSWORD }, ["username hidden_character"]],
    ["a short password", { username: "gert", password: "short" }, ["password too_short"]],
    ["a long password", { username: "gert", password: "x".repeat(129) }, ["password too_long"]],
    ["a number for a password", { username: "gert", password: 1 }, ["password invalid_type"]],
  ])("refuses %s and says which field", async (_name, body, expected) => {
    const response = await parley.post("/v1/auth/register", body);
    expect(response.status).toBe(422);
    const problem = (await response.json()) as { errors: { path: string; code: string }[] };
    expect(problem.errors.map(({ path, code }) => `${path} ${code}`)).toEqual(expected);
  });
});

describe("log-in", () => {
  test("answers an unknown user and a wrong password with the same words", async () => {
    const answers = await Promise.all(
      ["alice", "nobody", "al\0ice", "\ud800"].map(async (username) => {
        const response = await parley.post("/v1/auth/login", { username, password: "wrong" });
        return { ...((await response.json()) as object), requestId: "" };
      }),
    );
    expect(answers[0]).toMatchObject({ status: 401, code: "invalid_credentials" });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test("checks the password of unknown users and of known ones against hashes of one cost", async () => {
    const { database, directory, keys } = parley;
    const queue = createPasswordQueue({ runningMax: 1, waitingMax: 4 });
    const hashes: string[] = [];
    const passwords = {
      hash: queue.hash,
      verify: (hash: string, password: string) => {
        hashes.push(hash);
        return queue.verify(hash, password);
      },
    };
    const logger = { info() {}, warn() {}, error() {} };
    const app = createApp({ database, directory, keys, logger, passwords, now: () => new Date() });
    const headers = { "content-type": "application/json" };
    for (const username of ["nobody at all", "nobody@example.com", "bob"]) {
      const body = JSON.stringify({ username, password: "wrong" });
      expect((await app.request("/v1/auth/login", { method: "POST", headers, body })).status).toBe(401);
    }
    expect(hashes).toHaveLength(3);
    const [costs, own] = [hashes.map((hash) => hash.split("$").slice(0, 4)), await hashPassword("any")];
    expect(costs).toEqual(Array(3).fill(own.split("$").slice(0, 4)));
  });

  test("makes the hash anew when its parameters have changed", async () => {
    const { user } = await parley.register("renate");
    const hashOf = () => withSystem(parley.database, (tx) => Users.find(tx, user.id));
    await withSystem(parley.database, (tx) => Users.update(tx, user.id, { passwordHash: WEAKER_HASH }));
    await parley.login("renate", PASSWORD);
    await parley.background.settled();
    const renewed = (await hashOf())?.passwordHash;
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await parley.login("renate", PASSWORD);
    await parley.background.settled();
    expect((await hashOf())?.passwordHash).toBe(renewed);
  });

  test("of a disabled account fails like a wrong password", async () => {
    const { user, accessToken } = await parley.register("dirk");
    await withSystem(parley.database, (tx) => Users.update(tx, user.id, { status: "disabled" }));
    const response = await parley.post("/v1/auth/login", { username: "dirk", password: PASSWORD });
    expect(await response.json()).toMatchObject({ code: "invalid_credentials" });
    expect((await parley.get("/v1/me", accessToken)).status).toBe(401);
  });

  test.each([
    ["nothing", {}],
    ["null", null],
    ["an empty name", { username: "", password: "x" }],
    ["a name beyond all bounds", { username: "x".repeat(257), password: "x" }],
    ["a NUL in the password", { username: "alice", password: "\0" }],
    ["an object for a name", { username: { $ne: "" }, password: "x" }],
    ["an unknown field", { username: "alice", password: "alice123", otp: 1 }],
  ])("refuses %s", async (_name, body) => {
    expect((await parley.post("/v1/auth/login", body)).status).toBe(422);
  });
});

describe("an access token", () => {
  test("ends with log-out, while another session of the same person goes on", async () => {
    const [one, two] = [await parley.login("bob"), await parley.login("bob")];
    expect((await parley.post("/v1/auth/logout", undefined, one.accessToken)).status).toBe(204);
    expect((await parley.get("/v1/me", one.accessToken)).status).toBe(401);
    expect((await parley.post("/v1/auth/logout", undefined, one.accessToken)).status).toBe(401);
    expect((await parley.get("/v1/me", two.accessToken)).status).toBe(200);
  });

  test("ends after ten minutes", async () => {
    const { accessToken } = await parley.login("bob");
    parley.clock.aheadMs = 610_000;
    const status = (await parley.get("/v1/me", accessToken)).status;
    parley.clock.aheadMs = 0;
    expect(status).toBe(401);
  });

  test("is refused when forged, of another kind, for others, or not one at all", async () => {
    const { accessToken, user, sessionId } = await parley.login("bob");
    const [access, join] = [parley.keys.access[0], parley.keys.join[0]];
    if (!access || !join) throw new Error("no keys");
    const good = {
      kid: access.kid,
      alg: "ES256",
      typ: ACCESS_TOKEN_TYPE,
      aud: ACCESS_TOKEN_AUDIENCE,
      iss: TOKEN_ISSUER,
    };
    const make = async (change: Partial<typeof good>, key: CryptoKey | Uint8Array = access.privateKey) => {
      const { kid, alg, typ, aud, iss } = { ...good, ...change };
      const jwt = new SignJWT({ sid: sessionId }).setProtectedHeader({ kid, alg, typ }).setSubject(user.id);
      return jwt.setAudience(aud).setIssuer(iss).setJti("j").setExpirationTime("5m").sign(key);
    };
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const [, payload] = accessToken.split(".");
    const publicKey = new TextEncoder().encode(
      JSON.stringify(await crypto.subtle.exportKey("jwk", access.publicKey)),
    );
    const bad = [
      await make({ typ: "join+jwt" }),
      await make({ aud: "node:a:1" }),
      await make({ iss: "somebody" }),
      await make({ kid: "unknown" }),
      await make({ kid: join.kid }, join.privateKey),
      await make({}, join.privateKey),
      await make({ alg: "HS256" }, publicKey),
      `${encode({ alg: "none", typ: ACCESS_TOKEN_TYPE })}.${payload}.`,
      `${accessToken.slice(0, -4)}AAAA`,
      "a".repeat(8192),
      "nonsense",
    ];
    expect((await parley.get("/v1/me", await make({}))).status).toBe(200);
    for (const token of bad) {
      const response = await parley.get("/v1/me", token);
      expect([token.slice(0, 60), response.status]).toEqual([token.slice(0, 60), 401]);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
    }
  });
});
