import { expect, test } from "vitest";
import { exportKeys, generateKeys, importKeys, publicJwks } from "./keys.ts";

test("keys come back from JSON as the same pairs under the same ids", async () => {
  const keys = await generateKeys();
  const again = await importKeys(JSON.parse(JSON.stringify(await exportKeys(keys))));
  expect(await exportKeys(again)).toEqual(await exportKeys(keys));
  expect(await publicJwks(again)).toEqual(await publicJwks(keys));
});

test("the published key set has both keys and no private part", async () => {
  const { access, join } = await generateKeys();
  const { keys } = await publicJwks({ access, join });
  expect(new Set(keys.map((key) => key.kid))).toEqual(new Set([access.kid, join.kid]));
  for (const key of keys)
    expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
});

test("something else than exported keys is refused", async () => {
  await expect(importKeys({ access: {} })).rejects.toThrow();
});
