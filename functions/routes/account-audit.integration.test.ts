/** Each route that changes an account, and what of it stands in the account's audit log afterwards. */
import { type SessionResponse, sessionResponseSchema } from "@parley/contract/accounts";
import { REFRESH_GRACE_SECONDS } from "@parley/contract/limits";
import {
  passkeyOptionsSchema,
  recoveryCodesSchema,
  totpEnrolmentSchema,
} from "@parley/contract/second-factors";
import { auditLog } from "@parley/db/schema/audit";
import { withSystem } from "@parley/db/scope";
import { asc } from "drizzle-orm";
import { Secret, TOTP } from "otpauth";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { PASSWORD, startApp, type TestApp } from "../testing/app.ts";
import { createAuthenticator } from "../testing/authenticator.ts";

let parley: TestApp;
let person: SessionResponse & { email: string };
let made = 0;

beforeAll(async () => {
  parley = await startApp();
});
afterEach(() => {
  parley.clock.aheadMs = 0;
});
afterAll(() => parley.database.close());

const NEW_PASSWORD = "another long passphrase";

interface Row {
  route: string;
  /** Which of the route's outcomes, where there are several. */
  when?: string;
  /** Prepares the request, as `person`; what is written until then isn't looked at. */
  ask?: () => Promise<Ask> | Ask;
  answers: number;
  /** Action and type of what it was done to, in the order of the log. */
  leaves: string[];
}

interface Ask {
  body?: object;
  /** For the path's parameter. */
  id?: string;
}

const rows: Row[] = [
  {
    route: "POST /v1/auth/register",
    ask: () => ({ body: { username: `new${made}`, password: PASSWORD } }),
    answers: 201,
    leaves: ["account.register user", "session.log_in session"],
  },
  {
    route: "POST /v1/auth/login",
    ask: () => ({ body: { username: person.user.username, password: PASSWORD } }),
    answers: 200,
    leaves: ["session.log_in session"],
  },
  {
    route: "POST /v1/auth/login",
    when: "a wrong password",
    ask: () => ({ body: { username: person.user.username, password: NEW_PASSWORD } }),
    answers: 401,
    leaves: ["session.log_in_failed user"],
  },
  {
    route: "POST /v1/auth/login",
    when: "a recovery code",
    ask: async () => {
      const [code] = await switchCodesOn();
      return { body: { username: person.user.username, password: PASSWORD, code } };
    },
    answers: 200,
    leaves: ["account.recovery_code user", "session.log_in session"],
  },
  {
    route: "POST /v1/auth/login",
    when: "a wrong code",
    ask: async () => {
      await switchCodesOn();
      return {
        body: { username: person.user.username, password: PASSWORD, code: "wrong-wrong-wrong-wrong" },
      };
    },
    answers: 401,
    leaves: ["session.second_factor_failed user"],
  },
  {
    // Each ten minutes of each session: lines that nobody would read.
    route: "POST /v1/auth/refresh",
    ask: () => ({ body: { refreshToken: person.refreshToken } }),
    answers: 200,
    leaves: [],
  },
  {
    route: "POST /v1/auth/refresh",
    when: "a token that was used long before",
    ask: async () => {
      await parley.post("/v1/auth/refresh", { refreshToken: person.refreshToken });
      parley.clock.aheadMs = (REFRESH_GRACE_SECONDS + 1) * 1000;
      return { body: { refreshToken: person.refreshToken } };
    },
    answers: 401,
    leaves: ["session.reuse session"],
  },
  {
    route: "POST /v1/auth/reauthenticate",
    ask: () => ({ body: { password: PASSWORD } }),
    answers: 204,
    leaves: ["session.reauthenticate session"],
  },
  {
    route: "POST /v1/auth/reauthenticate",
    when: "a wrong password",
    ask: () => ({ body: { password: NEW_PASSWORD } }),
    answers: 401,
    leaves: ["session.log_in_failed user"],
  },
  { route: "POST /v1/auth/logout", answers: 204, leaves: ["session.log_out session"] },
  { route: "POST /v1/auth/logout-all", answers: 204, leaves: ["session.log_out_all user"] },
  {
    route: "POST /v1/auth/email/verify",
    ask: async () => ({ body: { token: await verifyToken() } }),
    answers: 204,
    leaves: ["account.email_verify user"],
  },
  {
    route: "POST /v1/auth/password/forgot",
    ask: async () => {
      await haveEmail();
      return { body: { email: person.email } };
    },
    answers: 202,
    leaves: ["account.password_forgot user"],
  },
  {
    route: "POST /v1/auth/password/forgot",
    when: "nobody's address",
    ask: () => ({ body: { email: "nobody@parley.example" } }),
    answers: 202,
    leaves: [],
  },
  {
    route: "POST /v1/auth/password/reset",
    ask: async () => {
      await haveEmail();
      await parley.post("/v1/auth/password/forgot", { email: person.email });
      return { body: { token: await parley.mailedToken(person.email), password: NEW_PASSWORD } };
    },
    answers: 204,
    leaves: ["account.password_reset user"],
  },
  // A challenge is nothing of an account's.
  { route: "POST /v1/auth/passkey/options", answers: 200, leaves: [] },
  {
    route: "POST /v1/auth/passkey/login",
    ask: async () => {
      const passkey = await addPasskey();
      return { body: { assertion: passkey.assert(await challenge("/v1/auth/passkey/options")) } };
    },
    answers: 200,
    leaves: ["session.passkey_log_in session"],
  },
  {
    route: "POST /v1/auth/passkey/login",
    when: "an answer to a challenge of somebody else's",
    ask: async () => ({ body: { assertion: (await addPasskey()).assert("c29tZWJvZHkncw") } }),
    answers: 401,
    leaves: ["session.passkey_refused user"],
  },
  {
    route: "PATCH /v1/me",
    ask: () => ({ body: { username: `renamed${made}` } }),
    answers: 200,
    leaves: ["account.rename user"],
  },
  { route: "DELETE /v1/me", answers: 204, leaves: ["account.delete user"] },
  { route: "POST /v1/me/export", answers: 200, leaves: ["account.export user"] },
  {
    route: "PUT /v1/me/password",
    ask: () => ({ body: { password: NEW_PASSWORD } }),
    answers: 204,
    leaves: ["account.password_change user"],
  },
  {
    route: "PUT /v1/me/email",
    ask: () => ({ body: { email: person.email } }),
    answers: 202,
    leaves: ["account.email_change user"],
  },
  {
    route: "PUT /v1/me/email",
    when: "taking it away",
    ask: async () => {
      await haveEmail();
      return { body: { email: null } };
    },
    answers: 202,
    leaves: ["account.email_remove user"],
  },
  {
    route: "DELETE /v1/me/sessions/:session",
    ask: async () => ({ id: (await parley.login(person.user.username, PASSWORD)).sessionId }),
    answers: 204,
    leaves: ["session.revoke session"],
  },
  // Nothing is switched on before a code confirms it.
  { route: "POST /v1/me/totp", answers: 200, leaves: [] },
  {
    route: "POST /v1/me/totp/confirm",
    ask: async () => ({ body: { code: await enrolledCode() } }),
    answers: 200,
    leaves: ["account.totp_on user"],
  },
  {
    route: "DELETE /v1/me/totp",
    ask: async () => {
      await switchCodesOn();
      return {};
    },
    answers: 204,
    leaves: ["account.totp_off user"],
  },
  { route: "POST /v1/me/passkeys/options", answers: 200, leaves: [] },
  {
    route: "POST /v1/me/passkeys",
    ask: async () => {
      const registration = createAuthenticator().register(await challenge("/v1/me/passkeys/options"));
      return { body: { name: "Key", registration } };
    },
    answers: 201,
    leaves: ["account.passkey_add passkey"],
  },
  {
    route: "DELETE /v1/me/passkeys/:passkey",
    ask: async () => ({ id: (await addPasskey()).id }),
    answers: 204,
    leaves: ["account.passkey_remove passkey"],
  },
];

test("every writing route of accounts stands in this table", () => {
  const served = parley.app.routes
    .filter(({ method, path }) => !["ALL", "GET"].includes(method) && /^\/v1\/(auth|me)(\/|$)/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
  expect(new Set(rows.map(({ route }) => route))).toEqual(new Set(served));
});

const titled = rows.map((row) => [row.when ? `${row.route}, ${row.when},` : row.route, row] as const);

describe("the audit log", () => {
  test.each(titled)("after %s says who did what, once", async (_title, { route, ask, answers, leaves }) => {
    made++;
    const session = await parley.register(`person${made}`);
    person = { ...session, email: `person${made}@parley.example` };
    const { body, id = "" } = (await ask?.()) ?? {};
    const before = new Set((await events()).map((event) => event.id));

    const [method = "", path = ""] = route.split(" ");
    const response = await parley.send(method, path.replace(/:\w+/, id), body, person.accessToken);
    expect([response.status, await response.clone().text()]).toEqual([answers, expect.any(String)]);

    const written = (await events()).filter((event) => !before.has(event.id));
    expect(written.map(({ action, targetType }) => `${action} ${targetType}`)).toEqual(leaves);
    const isNew = route === "POST /v1/auth/register";
    const { user } = isNew ? sessionResponseSchema.parse(await response.json()) : person;
    for (const event of written) {
      const requestId = response.headers.get("x-request-id");
      expect(event).toMatchObject({ actorId: user.id, chainId: user.id, orgId: null, requestId });
      if (event.targetType === "user") expect(event.targetId).toBe(user.id);
      if (id !== "") expect(event.targetId).toBe(id);
    }
  });
});

/** The whole log, with what is written behind answers. */
async function events() {
  await parley.background.settled();
  return withSystem(parley.database, (tx) =>
    tx.select().from(auditLog).orderBy(asc(auditLog.chainId), asc(auditLog.seq)),
  );
}

/** What the person gets for a request that succeeds. */
async function gets(method: string, path: string, body?: object): Promise<unknown> {
  const response = await parley.send(method, path, body, person.accessToken);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

async function verifyToken(): Promise<string> {
  await gets("PUT", "/v1/me/email", { email: person.email });
  return parley.mailedToken(person.email);
}

const haveEmail = async () => gets("POST", "/v1/auth/email/verify", { token: await verifyToken() });

async function enrolledCode(): Promise<string> {
  const { secret } = totpEnrolmentSchema.parse(await gets("POST", "/v1/me/totp"));
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate();
}

/** Gives the recovery codes. */
async function switchCodesOn(): Promise<string[]> {
  const answer = await gets("POST", "/v1/me/totp/confirm", { code: await enrolledCode() });
  return recoveryCodesSchema.parse(answer).recoveryCodes;
}

const challenge = async (path: string): Promise<string> =>
  passkeyOptionsSchema.parse(await gets("POST", path)).options.challenge;

async function addPasskey() {
  const passkey = createAuthenticator();
  const registration = passkey.register(await challenge("/v1/me/passkeys/options"));
  await gets("POST", "/v1/me/passkeys", { name: "Key", registration });
  return passkey;
}
