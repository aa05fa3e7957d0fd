/** Passkeys are their owner's alone. */
import { type PasskeyOptions, passkeyOptionsSchema } from "@parley/contract/second-factors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { createAuthenticator } from "../testing/authenticator.ts";

let parley: TestApp;

beforeAll(async () => {
  parley = await startApp();
});
afterAll(() => parley.database.close());

async function options(path: string, token?: string): Promise<PasskeyOptions["options"]> {
  return passkeyOptionsSchema.parse(await (await parley.post(path, undefined, token)).json()).options;
}

test("nobody removes another's passkey, which goes on logging its owner in", async () => {
  const [owner, thief] = [await parley.register("owner"), await parley.register("thief")];
  const passkey = createAuthenticator();
  const { challenge } = await options("/v1/me/passkeys/options", owner.accessToken);
  const added = { name: "Key", registration: passkey.register(challenge) };
  expect((await parley.post("/v1/me/passkeys", added, owner.accessToken)).status).toBe(201);

  const path = `/v1/me/passkeys/${passkey.id}`;
  expect((await parley.send("DELETE", path, undefined, thief.accessToken)).status).toBe(404);

  const assertion = passkey.assert((await options("/v1/auth/passkey/options")).challenge);
  const logIn = await parley.post("/v1/auth/passkey/login", { assertion });
  expect([logIn.status, await logIn.json()]).toMatchObject([200, { user: { username: "owner" } }]);

  expect((await parley.send("DELETE", path, undefined, owner.accessToken)).status).toBe(204);
});
