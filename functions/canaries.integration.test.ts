/** Secrets go in by every door; none may come out in the log or the audit log. */
import { sessionResponseSchema } from "@parley/contract/accounts";
import { totpEnrolmentSchema } from "@parley/contract/second-factors";
import { withSystem } from "@parley/db/scope";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "./app.ts";
import { createBackground } from "./background.ts";
import { createLogger } from "./logger.ts";
import { startApp, type TestApp } from "./testing/app.ts";

let parley: TestApp;
const lines: string[] = [];

beforeAll(async () => {
  parley = await startApp();
});
afterAll(() => parley.database.close());

const PASSWORD = "canary-password-one";
const NEW_PASSWORD = "canary-password-two";

test("passwords, tokens, cookies and codes are in no log, also not where queries fail", async () => {
  const logger = createLogger("debug", { write: (line: string) => void lines.push(line) });
  const background = createBackground(logger);
  const mailer = { send: () => Promise.reject(new Error("the mail server is away")) };
  const { database, directory, keys } = parley;
  const app = createApp({ database, directory, keys, logger, background, mailer, now: () => new Date() });
  const secrets: string[] = [PASSWORD, NEW_PASSWORD];
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  const account = { username: "dora", password: PASSWORD, email: "dora@example.com" };
  const session = sessionResponseSchema.parse(
    await (await send("POST", "/v1/auth/register", account)).json(),
  );
  const authorization = `Bearer ${session.accessToken}`;
  secrets.push(session.accessToken, session.refreshToken ?? "");
  const totp = totpEnrolmentSchema.parse(
    await (await send("POST", "/v1/me/totp", undefined, { authorization })).json(),
  );
  const code = new TOTP({ secret: Secret.fromBase32(totp.secret) }).generate();
  secrets.push(totp.secret, code);
  const on = await send("POST", "/v1/me/totp/confirm", { code }, { authorization });
  const { recoveryCodes } = (await on.json()) as { recoveryCodes: string[] };
  secrets.push(...recoveryCodes);
  const logIn = { username: "dora", password: PASSWORD };
  await send("POST", "/v1/auth/login", { ...logIn, code: recoveryCodes[0], tokenIn: "cookie" });
  await send("POST", "/v1/auth/login", { ...logIn, password: "canary-wrong" });
  await send("POST", "/v1/auth/refresh", {}, { cookie: `parley_refresh=${session.refreshToken}` });
  await send("POST", "/v1/auth/password/reset", { token: "canary-token", password: NEW_PASSWORD });
  await send("POST", "/v1/auth/password/forgot", { email: "dora@example.com" });
  await send("PUT", "/v1/me/password", { password: NEW_PASSWORD }, { authorization });
  await send("GET", `/v1/me?access_token=${session.accessToken}`, undefined, { authorization });
  await background.settled();
  expect(lines.join("")).toContain("the mail server is away");

  const run = (sql: string) => database.driver.withConnection((connection) => connection.run(sql));
  const before = lines.length;
  await run("alter table users rename to users_gone");
  for (const path of ["/v1/auth/login", "/v1/auth/register"]) {
    expect((await send("POST", path, { username: "canary-name", password: PASSWORD })).status).toBe(500);
  }
  await run("alter table users_gone rename to users");
  await background.settled();
  const failures = lines.slice(before).join("");
  expect(failures).toContain("request failed");
  expect(failures).not.toContain("canary-name");
  expect(failures).not.toContain("argon2id");

  const { rows } = (await withSystem(database, (tx) =>
    tx.execute("select audit_log::text as row from audit_log"),
  )) as unknown as { rows: { row: string }[] };
  const places = { log: lines.join(""), audit: rows.map(({ row }) => row).join("\n") };
  expect(places.audit).toContain("account.totp_on");
  for (const [place, text] of Object.entries(places)) {
    for (const secret of [...secrets, "canary-wrong", "canary-token"]) {
      expect(text.includes(secret), `${secret} in the ${place}`).toBe(false);
    }
  }
});
