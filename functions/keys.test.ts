import { expect, test } from "vitest";
import {
  exportKeys,
  generateKeys,
  importKeys,
  publicJwks,
  rotateKeys,
  type SigningKeys,
  signingKeyOf,
} from "./keys.ts";

test("keys come back from JSON as the same pairs under the same ids", async () => {
  const keys = await generateKeys();
  const again = await importKeys(JSON.parse(JSON.stringify(await exportKeys(keys))));
  expect(await exportKeys(again)).toEqual(await exportKeys(keys));
  expect(await publicJwks(again)).toEqual(await publicJwks(keys));
});

test("the published key set has all keys and no private part", async () => {
  const made = await generateKeys();
  const { keys } = await publicJwks(made);
  const kids = [...made.access, ...made.join].map((key) => key.kid);
  expect(new Set(keys.map((key) => key.kid))).toEqual(new Set(kids));
  for (const key of keys)
    expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
});

test("a rotated key is published at once, signs after the caches have it, and stays until its tokens are over", async () => {
  const start = Date.now();
  const at = (minutes: number) => new Date(start + minutes * 60_000);
  const first = await generateKeys(at(-60));
  const second = await rotateKeys(first, at(0));
  const kidsOf = async (keys: SigningKeys) => (await publicJwks(keys)).keys.map((key) => key.kid);
  const oldKid = first.access[0]?.kid;
  expect(await kidsOf(second)).toEqual(expect.arrayContaining(await kidsOf(first)));
  expect((await kidsOf(second)).length).toBe(4);
  expect(signingKeyOf(second.access, at(5)).kid).toBe(oldKid);
  const newKid = signingKeyOf(second.access, at(10)).kid;
  expect(newKid).not.toBe(oldKid);
  // Rotating again right away drops nothing that still signs or whose tokens live.
  expect(await kidsOf(await rotateKeys(second, at(1)))).toContain(oldKid);
  expect(await kidsOf(await rotateKeys(second, at(29)))).toContain(oldKid);
  const last = await kidsOf(await rotateKeys(second, at(31)));
  expect(last).not.toContain(oldKid);
  expect(last).toContain(newKid);
});

test("something else than exported keys is refused", async () => {
  await expect(importKeys({ access: [] })).rejects.toThrow();
});
