import { createHash } from "node:crypto";
import { accountSchema } from "@parley/contract/accounts";
import { recoveryCodesSchema, totpEnrolmentSchema } from "@parley/contract/second-factors";
import * as AuditLog from "@parley/db/queries/audit-log";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { Secret, TOTP, URI } from "otpauth";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { generateKeys } from "../keys.ts";
import { countInMemory } from "../limits/memory.ts";
import { createRateLimits } from "../limits/rate-limits.ts";
import { PASSWORD, startApp, type TestApp } from "../testing/app.ts";

let parley: TestApp;

beforeAll(async () => {
  parley = await startApp();
});
afterEach(() => {
  parley.clock.aheadMs = 0;
});
afterAll(() => parley.database.close());

const STEP_MS = 30_000;
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const now = () => Date.now() + parley.clock.aheadMs;
/** Moves the clock far enough for earlier codes to count no more, to the beginning of a step. */
const toStepStart = () => {
  parley.clock.aheadMs = 10 * STEP_MS + (STEP_MS - (Date.now() % STEP_MS)) + 500;
};
const codeAt = (secret: string, timestamp: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
const logIn = (username: string, code?: string) =>
  parley.post("/v1/auth/login", { username, password: PASSWORD, ...(code === undefined ? {} : { code }) });
const account = async (token: string) =>
  accountSchema.parse(await (await parley.get("/v1/me", token)).json());

async function enrolled(name: string) {
  const { accessToken } = await parley.register(name);
  const enrolment = totpEnrolmentSchema.parse(
    await (await parley.post("/v1/me/totp", undefined, accessToken)).json(),
  );
  const response = await parley.post(
    "/v1/me/totp/confirm",
    { code: codeAt(enrolment.secret, now()) },
    accessToken,
  );
  expect(response.status).toBe(200);
  const { recoveryCodes } = recoveryCodesSchema.parse(await response.json());
  return { accessToken, secret: enrolment.secret, recoveryCodes };
}

describe("codes of an authenticator app", () => {
  test("are asked for only once a first one has confirmed them", async () => {
    const { accessToken } = await parley.register("dora");
    const { secret, uri } = totpEnrolmentSchema.parse(
      await (await parley.post("/v1/me/totp", undefined, accessToken)).json(),
    );
    expect(URI.parse(uri)).toMatchObject({
      issuer: "Parley",
      label: "dora",
      digits: 6,
      period: 30,
      algorithm: "SHA1",
    });
    expect((await logIn("dora")).status).toBe(200);
    const wrong = await parley.post(
      "/v1/me/totp/confirm",
      { code: codeAt(secret, now() - 600_000) },
      accessToken,
    );
    expect(await codeOf(wrong)).toBe("second_factor_wrong");
    expect((await account(accessToken)).totpEnabled).toBe(false);
  });

  test("are asked for after the right password alone", async () => {
    const { secret, accessToken } = await enrolled("erik");
    expect(await account(accessToken)).toMatchObject({ totpEnabled: true, recoveryCodesLeft: 10 });
    expect(await codeOf(await logIn("erik"))).toBe("second_factor_required");
    const wrongPassword = { username: "erik", password: "wrong", code: codeAt(secret, now() + STEP_MS) };
    expect(await codeOf(await parley.post("/v1/auth/login", wrongPassword))).toBe("invalid_credentials");
    expect((await logIn("erik", codeAt(secret, now() + STEP_MS))).status).toBe(200);
  });

  test("count once each, also for two who come at once, and not when older than one that counted", async () => {
    const { secret } = await enrolled("frida");
    const code = codeAt(secret, now() + STEP_MS);
    const results = await Promise.all([logIn("frida", code), logIn("frida", code)]);
    expect(results.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(await codeOf(await logIn("frida", codeAt(secret, now())))).toBe("second_factor_wrong");
    parley.clock.aheadMs = 3 * STEP_MS;
    expect((await logIn("frida", codeAt(secret, now()))).status).toBe(200);
  });

  test("count a step to either side of now and no further", async () => {
    const { secret } = await enrolled("gert");
    toStepStart();
    for (const steps of [-2, 2]) {
      expect(await codeOf(await logIn("gert", codeAt(secret, now() + steps * STEP_MS)))).toBe(
        "second_factor_wrong",
      );
    }
    for (const steps of [-1, 0, 1]) {
      expect((await logIn("gert", codeAt(secret, now() + steps * STEP_MS))).status).toBe(200);
    }
  });

  test("can't be guessed from many addresses: after ten wrong ones even the right one waits", async () => {
    const { secret } = await enrolled("hanna");
    toStepStart();
    const right = codeAt(secret, now());
    const guess = (code: string, n: number) =>
      parley.send("POST", "/v1/auth/login", { username: "hanna", password: PASSWORD, code }, undefined, {
        "x-test-ip": `192.0.2.${n}`,
      });
    const wrong = right === "000000" ? "111111" : "000000";
    for (let n = 1; n <= 10; n++) expect(await codeOf(await guess(wrong, n))).toBe("second_factor_wrong");
    const response = await guess(right, 11);
    expect([response.status, Number(response.headers.get("retry-after"))]).toEqual([429, 60]);
  });

  test("are asked for when the person proves themselves again", async () => {
    const { secret, accessToken } = await enrolled("ida");
    const prove = (body: object) =>
      parley.post("/v1/auth/reauthenticate", { password: PASSWORD, ...body }, accessToken);
    expect(await codeOf(await prove({}))).toBe("second_factor_required");
    expect((await prove({ code: codeAt(secret, now() + STEP_MS) })).status).toBe(204);
  });

  test("are off again after switching off, and a second enrolment needs that first", async () => {
    const { accessToken } = await enrolled("jan");
    expect(await codeOf(await parley.post("/v1/me/totp", undefined, accessToken))).toBe("bad_request");
    expect((await parley.send("DELETE", "/v1/me/totp", undefined, accessToken)).status).toBe(204);
    expect((await logIn("jan")).status).toBe(200);
    expect(await codeOf(await parley.send("DELETE", "/v1/me/totp", undefined, accessToken))).toBe(
      "not_found",
    );
    expect(await account(accessToken)).toMatchObject({ totpEnabled: false, recoveryCodesLeft: 0 });
  });

  test("can't be made from the database alone", async () => {
    const { secret } = await enrolled("karl");
    const hex = Buffer.from(Secret.fromBase32(secret).bytes).toString("hex");
    const { rows } = (await parley.database.driver.withConnection(({ tx }) =>
      tx.execute("select totp_secrets::text as row from totp_secrets"),
    )) as unknown as { rows: { row: string }[] };
    const text = rows.map(({ row }) => row).join("\n");
    expect(text).toContain("\\x");
    expect(text).not.toContain(hex);
  });
});

test("wrong codes of who knows the password stand in the owner's audit log, and the owner hears what was changed", async () => {
  const { secret, accessToken, recoveryCodes } = await enrolled("nora");
  const { id } = await account(accessToken);
  await withSystem(parley.database, (tx) => Users.update(tx, id, { email: "nora@example.com" }));
  for (const code of ["000000", "22222-22222-22222-22222"]) {
    expect(await codeOf(await logIn("nora", code))).toBe("second_factor_wrong");
  }
  expect((await logIn("nora", recoveryCodes[0])).status).toBe(200);
  expect((await parley.send("DELETE", "/v1/me/totp", undefined, accessToken)).status).toBe(204);
  const wrong = { code: codeAt(secret, now() - 600_000) };
  await parley.post("/v1/me/totp", undefined, accessToken);
  expect(await codeOf(await parley.post("/v1/me/totp/confirm", wrong, accessToken))).toBe(
    "second_factor_wrong",
  );
  await parley.background.settled();
  const events = await withSystem(parley.database, (tx) => AuditLog.listConcerning(tx, id, 50));
  const actions = events.map(({ action }) => action);
  expect(actions.filter((action) => action === "session.second_factor_failed").length).toBe(2);
  expect(actions).toContain("account.totp_wrong");
  const told = parley.mails.filter(({ to }) => to === "nora@example.com").map(({ text }) => text);
  expect(told).toEqual([
    expect.stringContaining("recovery codes was used"),
    expect.stringContaining("asks for no code"),
  ]);
});

test("where the keys that sealed its secret are lost, an app's code is wrong and a recovery code still gets in", async () => {
  const { secret, recoveryCodes } = await enrolled("olaf");
  const warnings: string[] = [];
  const { database, directory, clock } = parley;
  const logger = {
    info() {},
    warn: (_fields: object, message: string) => void warnings.push(message),
    error: (fields: object) => void parley.errors.push(fields),
  };
  const app = createApp({
    database,
    directory,
    logger,
    keys: await generateKeys(),
    now: () => new Date(Date.now() + clock.aheadMs),
    limits: createRateLimits(countInMemory, logger),
  });
  const logInThere = (code: string | undefined) =>
    app.request("/v1/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "olaf", password: PASSWORD, code }),
    });
  const refused = await logInThere(codeAt(secret, now() + STEP_MS));
  expect(await refused.json()).toMatchObject({
    status: 401,
    code: "second_factor_wrong",
    detail: expect.stringContaining("recovery code"),
  });
  expect(warnings).toEqual([expect.stringContaining("can't be opened")]);
  expect((await logInThere(recoveryCodes[0])).status).toBe(200);
});

describe("recovery codes", () => {
  test("stand in for a code, once each, however they are typed", async () => {
    const { recoveryCodes, accessToken } = await enrolled("leo");
    expect(new Set(recoveryCodes).size).toBe(10);
    const [one = "", two = ""] = recoveryCodes;
    expect(one).toMatch(/^[2-9a-z]{5}(-[2-9a-z]{5}){3}$/);
    expect((await logIn("leo", one)).status).toBe(200);
    expect(await codeOf(await logIn("leo", one))).toBe("second_factor_wrong");
    expect((await logIn("leo", two.toUpperCase().replaceAll("-", " "))).status).toBe(200);
    expect((await account(accessToken)).recoveryCodesLeft).toBe(8);
  });

  test("stand in the database by no hash of themselves alone: one table of guesses isn't good for all", async () => {
    const { recoveryCodes } = await enrolled("mia");
    const plain = createHash("sha256")
      .update(recoveryCodes[0]?.replaceAll("-", "") ?? "")
      .digest("hex");
    const { rows } = (await parley.database.driver.withConnection(({ tx }) =>
      tx.execute("select recovery_codes::text as row from recovery_codes"),
    )) as unknown as { rows: { row: string }[] };
    expect(rows.length).toBeGreaterThan(9);
    expect(rows.map(({ row }) => row).join("\n")).not.toContain(plain);
  });
});

test("no request of this file made a bug show", () => {
  expect(parley.errors).toEqual([]);
});
