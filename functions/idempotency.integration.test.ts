import { createHash } from "node:crypto";
import { passkeyOptionsSchema } from "@parley/contract/second-factors";
import { idempotencyKeys } from "@parley/db/schema/idempotency-keys";
import { withSystem } from "@parley/db/scope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PASSWORD, startApp, type TestApp } from "./testing/app.ts";
import { createAuthenticator } from "./testing/authenticator.ts";
import {
  makeOrganization,
  registerPerson,
  type TestOrganization,
  type TestPerson,
} from "./testing/organization.ts";

let parley: TestApp;
let owner: TestPerson;
let organization: TestOrganization;

beforeAll(async () => {
  parley = await startApp();
  owner = await registerPerson(parley, "owner");
  organization = await makeOrganization(parley, owner, "ACME");
});
afterAll(() => parley.database.close());

const create = async (name: string, key: string, person = owner) => {
  const headers = {
    authorization: `Bearer ${person.token}`,
    "content-type": "application/json",
    "idempotency-key": key,
  };
  const body = JSON.stringify({ name });
  const response = await parley.app.request(organization.path("/channels"), {
    method: "POST",
    headers,
    body,
  });
  return { status: response.status, body: (await response.json()) as { id?: string; code?: string } };
};

test("a request sent again is answered again with the same, and done once", async () => {
  const first = await create("Stage", "one");
  expect(first.status).toBe(201);
  expect(await create("Stage", "one")).toEqual(first);
  // Without the key it would have been a second channel of that name.
  expect((await create("Stage", "two")).body.code).toBe("name_taken");
});

test("of many at once one is done; the others hear its answer, or that it is at work", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => create("Race", "race")));
  const done = answers.filter(({ status }) => status === 201);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map(({ body }) => body.id)).size).toBe(1);
  for (const { status, body } of answers) {
    if (status !== 201) expect(body.code).toBe("idempotency_in_progress");
  }
});

test("a key is for one request of one person, may be tried again after a failure, and has a form", async () => {
  expect((await create("Other", "one")).body.code).toBe("idempotency_key_reused");
  expect((await create("Stage", "three")).body.code).toBe("name_taken");
  expect((await create("Stage", "three")).body.code).toBe("name_taken");
  const other = await registerPerson(parley, "other");
  expect((await create("Stage", "one", other)).status).toBe(404);
  expect((await create("Stage", "x".repeat(256))).body.code).toBe("bad_request");
});

test("a passkey whose answer was lost is answered for again: its challenge works only once", async () => {
  const { accessToken } = await parley.register("gert");
  const asked = await parley.post("/v1/me/passkeys/options", undefined, accessToken);
  const { challenge } = passkeyOptionsSchema.parse(await asked.json()).options;
  const body = { name: "Key", registration: createAuthenticator().register(challenge) };
  const add = async (headers: Record<string, string>) => {
    const response = await parley.send("POST", "/v1/me/passkeys", body, accessToken, headers);
    return { status: response.status, body: (await response.json()) as { code?: string } };
  };
  const first = await add({ "idempotency-key": "passkey" });
  expect(first.status).toBe(201);
  expect(await add({ "idempotency-key": "passkey" })).toEqual(first);
  expect((await add({})).body.code).toBe("passkey_refused");
});

test("every request that creates takes a key, unless its answer holds a secret, which isn't kept", async () => {
  type Operation = { parameters?: { name: string }[]; responses: Record<string, object> };
  const { paths } = (await (await parley.get("/openapi.json")).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const without = Object.entries(paths).flatMap(([path, { post }]) =>
    post?.responses[201] && !post.parameters?.some(({ name }) => name === "idempotency-key") ? [path] : [],
  );
  // The first session's tokens; the invite's code.
  expect(without).toEqual(["/v1/auth/register", "/v1/orgs/{org}/invites"]);

  const count = () =>
    withSystem(parley.database, async (tx) => (await tx.select().from(idempotencyKeys)).length);
  const before = await count();
  const headers = { "idempotency-key": "register" };
  const register = () =>
    parley.send("POST", "/v1/auth/register", { username: "hugo", password: PASSWORD }, undefined, headers);
  expect((await register()).status).toBe(201);
  // Who lost the answer logs in.
  expect(((await (await register()).json()) as { code: string }).code).toBe("name_taken");
  expect(await count()).toBe(before);
});

test("what is kept of a request tells nothing about a password in it", async () => {
  const path = organization.path("/channels");
  const body = { name: "Safe", password: "1234" };
  const headers = { "idempotency-key": "secret" };
  expect((await parley.send("POST", path, body, owner.token, headers)).status).toBe(201);
  const kept = await withSystem(parley.database, async (tx) => {
    const rows = await tx.execute(
      "select encode(request_hash, 'hex') as hash from idempotency_keys where key = 'secret'",
    );
    return (rows as unknown as { rows: { hash: string }[] }).rows[0]?.hash;
  });
  expect(kept).toMatch(/^[0-9a-f]{64}$/);
  // Whoever reads the table and guesses right must not see that they did.
  const guess = JSON.stringify(["POST", path, JSON.stringify(body)]);
  const hashes = [guess, JSON.stringify(["POST", path, body])].map((text) =>
    createHash("sha256").update(text).digest("hex"),
  );
  expect(hashes).not.toContain(kept);
});

test("no request of this file made a bug show", () => expect(parley.errors).toEqual([]));
