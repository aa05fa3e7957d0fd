import type { UserId } from "@parley/contract/ids";
import type { PasskeyId } from "@parley/contract/second-factors";
import * as Passkeys from "@parley/db/queries/passkeys";
import { withSystem } from "@parley/db/scope";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { PASSWORD, startApp, type TestApp } from "../testing/app.ts";

let parley: TestApp;

beforeAll(async () => {
  parley = await startApp();
});
afterEach(() => {
  parley.clock.aheadMs = 0;
});
afterAll(() => parley.database.close());

const NEW_PASSWORD = "a wholly new passphrase";
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const verify = (token: string) => parley.post("/v1/auth/email/verify", { token });
const forgot = (email: string) => parley.post("/v1/auth/password/forgot", { email });
const reset = (token: string, password = NEW_PASSWORD) =>
  parley.post("/v1/auth/password/reset", { token, password });
const emailOf = async (token: string) =>
  (await (await parley.get("/v1/me", token)).json()) as { email: string | null; pendingEmail: string | null };

async function withEmail(username: string, email: string) {
  const response = await parley.post("/v1/auth/register", { username, password: PASSWORD, email });
  const session = (await response.json()) as { accessToken: string; user: { id: string } };
  expect((await verify(await parley.mailedToken(email))).status).toBe(204);
  return session;
}

describe("an email address", () => {
  test("given at registration counts for log-in once its link was opened, in any case", async () => {
    const email = "Dora.Doe@example.com";
    const response = await parley.post("/v1/auth/register", { username: "dora", password: PASSWORD, email });
    const { accessToken } = (await response.json()) as { accessToken: string };
    const token = await parley.mailedToken(email);
    expect(await emailOf(accessToken)).toMatchObject({ email: null, pendingEmail: email });
    const logIn = (username: string) => parley.post("/v1/auth/login", { username, password: PASSWORD });
    expect((await logIn(email)).status).toBe(401);
    expect((await verify(token)).status).toBe(204);
    expect(await emailOf(accessToken)).toMatchObject({ email, pendingEmail: null });
    expect((await logIn("dora.doe@EXAMPLE.com")).status).toBe(200);
    expect(await codeOf(await verify(token))).toBe("link_invalid");
  });

  test("of another account is answered to its owner alone, by mail", async () => {
    await withEmail("erik", "erik@example.com");
    const response = await parley.post("/v1/auth/register", {
      username: "mallory",
      password: PASSWORD,
      email: "ERIK@example.com",
    });
    expect(response.status).toBe(201);
    await parley.background.settled();
    const mail = parley.mails.at(-1);
    expect([mail?.to, mail?.subject]).toEqual(["ERIK@example.com", "You have an account already"]);
  });

  test("that two ask for goes to who opens the link first", async () => {
    const email = "shared@example.com";
    const one = await parley.register("one");
    const two = await parley.register("two");
    const tokens: string[] = [];
    for (const { accessToken } of [one, two]) {
      expect((await parley.send("PUT", "/v1/me/email", { email }, accessToken)).status).toBe(202);
      tokens.push(await parley.mailedToken(email));
    }
    expect((await verify(tokens[1] ?? "")).status).toBe(204);
    expect(await codeOf(await verify(tokens[0] ?? ""))).toBe("email_taken");
    expect(await emailOf(one.accessToken)).toMatchObject({ email: null });
  });

  test("is changed by proof of the new one, and the old one is told", async () => {
    const { accessToken } = await withEmail("frida", "old@example.com");
    await parley.send("PUT", "/v1/me/email", { email: "new@example.com" }, accessToken);
    const token = await parley.mailedToken("new@example.com");
    expect(await emailOf(accessToken)).toMatchObject({
      email: "old@example.com",
      pendingEmail: "new@example.com",
    });
    await verify(token);
    await parley.background.settled();
    expect(parley.mails.at(-1)).toMatchObject({
      to: "old@example.com",
      subject: "Your email address was changed",
    });
    await parley.send("PUT", "/v1/me/email", { email: null }, accessToken);
    expect(await emailOf(accessToken)).toMatchObject({ email: null, pendingEmail: null });
  });

  test.each([
    ["changed", "petra", "later@example.com"],
    ["taken away", "paula", null],
  ])("that is %s ends the person's other sessions, and keeps the one that asked", async (_what, name, email) => {
    const here = await withEmail(name, `${name}@example.com`);
    const there = await parley.login(name, PASSWORD);
    const response = await parley.send("PUT", "/v1/me/email", { email }, here.accessToken);
    expect(response.ok).toBe(true);
    const statusOf = async (token: string) => (await parley.get("/v1/me", token)).status;
    expect([await statusOf(here.accessToken), await statusOf(there.accessToken)]).toEqual([200, 401]);
    const { refreshToken } = there;
    expect((await parley.post("/v1/auth/refresh", { refreshToken })).status).toBe(401);
  });

  test("can't be proven after a day", async () => {
    const { accessToken } = await parley.register("late");
    await parley.send("PUT", "/v1/me/email", { email: "late@example.com" }, accessToken);
    const token = await parley.mailedToken("late@example.com");
    parley.clock.aheadMs = 24 * 3_600_000 + 1_000;
    expect(await codeOf(await verify(token))).toBe("link_invalid");
  });
});

describe("a forgotten password", () => {
  test("is replaced by a mailed link, once, which ends all sessions and opens none", async () => {
    const { accessToken } = await withEmail("gert", "gert@example.com");
    expect((await forgot("Gert@Example.com")).status).toBe(202);
    const token = await parley.mailedToken("gert@example.com");
    const response = await reset(token);
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect((await parley.get("/v1/me", accessToken)).status).toBe(401);
    expect((await parley.login("gert", NEW_PASSWORD)).user.username).toBe("gert");
    expect(await codeOf(await parley.post("/v1/auth/login", { username: "gert", password: PASSWORD }))).toBe(
      "invalid_credentials",
    );
    expect(await codeOf(await reset(token))).toBe("link_invalid");
    await parley.background.settled();
    expect(parley.mails.at(-1)).toMatchObject({
      to: "gert@example.com",
      subject: "Your password was changed",
    });
  });

  test("of an unknown address is answered alike, and no mail goes out", async () => {
    const before = parley.mails.length;
    const known = await forgot("gert@example.com");
    const unknown = await forgot("nobody@example.com");
    expect([unknown.status, await unknown.text()]).toEqual([known.status, await known.text()]);
    await parley.background.settled();
    expect(parley.mails.slice(before).map(({ to }) => to)).toEqual(["gert@example.com"]);
  });

  test("can't be replaced after ten minutes, nor by an older link than the last", async () => {
    await withEmail("hanna", "hanna@example.com");
    await forgot("hanna@example.com");
    const older = await parley.mailedToken("hanna@example.com");
    await forgot("hanna@example.com");
    const last = await parley.mailedToken("hanna@example.com");
    expect(await codeOf(await reset(older))).toBe("link_invalid");
    parley.clock.aheadMs = 601_000;
    expect(await codeOf(await reset(last))).toBe("link_invalid");
  });

  test("keeps its link when the new one is refused", async () => {
    await withEmail("ida.b", "ida@example.com");
    await forgot("ida@example.com");
    const token = await parley.mailedToken("ida@example.com");
    expect(await codeOf(await reset(token, "short"))).toBe("validation_failed");
    expect(await codeOf(await reset(token, "ida.b and ida.b"))).toBe("password_too_weak");
    expect((await reset(token)).status).toBe(204);
  });

  test("voids an address that somebody with a stolen session asked for", async () => {
    const { accessToken } = await withEmail("jan.x", "jan@example.com");
    await parley.send("PUT", "/v1/me/email", { email: "thief@example.com" }, accessToken);
    const thiefs = await parley.mailedToken("thief@example.com");
    await forgot("jan@example.com");
    await reset(await parley.mailedToken("jan@example.com"));
    expect(await codeOf(await verify(thiefs))).toBe("link_invalid");
  });

  test.each([
    ["removed", null],
    ["replaced", "moved@example.com"],
  ])("can't be replaced by a link in the mailbox of an address that was %s", async (_what, email) => {
    const old = `old-${email}`.replace("@", ".").concat("@mail.example");
    const { accessToken } = await withEmail(`lena${email === null ? 1 : 2}`, old);
    await forgot(old);
    const link = await parley.mailedToken(old);
    await parley.send("PUT", "/v1/me/email", { email }, accessToken);
    if (email !== null) expect((await verify(await parley.mailedToken(email))).status).toBe(204);
    expect(await codeOf(await reset(link))).toBe("link_invalid");
    expect((await parley.get("/v1/me", accessToken)).status).toBe(200);
  });

  test.each([
    ["removes the passkeys, which a thief may have added, and says so", {}, 0],
    ["keeps the passkeys where that is asked for", { keepPasskeys: true }, 1],
  ])("%s", async (_what, wish, left) => {
    const name = `mona${left}`;
    const email = `${name}@example.com`;
    const { user } = await withEmail(name, email);
    const id = `passkey-${name}` as PasskeyId;
    const passkey = { id, userId: user.id as UserId, name: "x", publicKey: new Uint8Array(1), counter: 0 };
    await withSystem(parley.database, (tx) => Passkeys.add(tx, { ...passkey, createdAt: new Date() }));
    await forgot(email);
    const body = { token: await parley.mailedToken(email), password: NEW_PASSWORD, ...wish };
    expect((await parley.post("/v1/auth/password/reset", body)).status).toBe(204);
    const kept = await withSystem(parley.database, (tx) => Passkeys.list(tx, passkey.userId));
    expect(kept.length).toBe(left);
    await parley.background.settled();
    expect(parley.mails.at(-1)?.text.includes("Its passkeys (1) were removed")).toBe(left === 0);
  });

  test("of one link used twice at once is set once", async () => {
    await withEmail("karl", "karl@example.com");
    await forgot("karl@example.com");
    const token = await parley.mailedToken("karl@example.com");
    const results = await Promise.all([
      reset(token, "the first of two new"),
      reset(token, "the second of two new"),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual([204, 422]);
  });
});

test("tokens are mailed and nowhere in the database", async () => {
  await forgot("gert@example.com");
  const token = await parley.mailedToken("gert@example.com");
  const { rows } = (await parley.database.driver.withConnection(({ tx }) =>
    tx.execute("select email_tokens::text as row from email_tokens"),
  )) as unknown as { rows: { row: string }[] };
  const text = rows.map(({ row }) => row).join("\n");
  expect(text).toContain("gert@example.com");
  expect(text).not.toContain(token);
  expect(text).not.toContain(Buffer.from(token).toString("hex"));
});

test("no request of this file made a bug show", () => {
  expect(parley.errors).toEqual([]);
});
