import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { SessionId, UserId } from "@parley/contract/ids";
import { expect, test } from "vitest";
import * as AccessToken from "./domain/access-token.ts";
import {
  exportKeys,
  generateKeys,
  importKeys,
  publicJwks,
  replaceKeys,
  rotateKeys,
  type SigningKeys,
  signingKeyOf,
} from "./keys.ts";

test("keys come back from JSON as the same pairs under the same ids", async () => {
  const keys = await generateKeys();
  const again = await importKeys(JSON.parse(JSON.stringify(await exportKeys(keys))));
  expect(await exportKeys(again)).toEqual(await exportKeys(keys));
  expect(await publicJwks(again, new Date())).toEqual(await publicJwks(keys, new Date()));
});

test("the published key set has all keys and no private part", async () => {
  const made = await generateKeys();
  const { keys } = await publicJwks(made, new Date());
  const kids = [...made.access, ...made.join].map((key) => key.kid);
  expect(new Set(keys.map((key) => key.kid))).toEqual(new Set(kids));
  for (const key of keys)
    expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "signs", "use", "x", "y"]);
});

test("the published key set says which kind of token each key signs", async () => {
  const made = await rotateKeys(await generateKeys(), new Date());
  const { keys } = await publicJwks(made, new Date());
  const kidsFor = (type: string) => keys.filter(({ signs }) => signs === type).map(({ kid }) => kid);
  expect(kidsFor("at+jwt")).toEqual(made.access.map(({ kid }) => kid));
  expect(kidsFor("join+jwt")).toEqual(made.join.map(({ kid }) => kid));
});

test("a rotated key is published at once, signs after the caches have it, and stays until its tokens are over", async () => {
  const start = Date.now();
  const at = (minutes: number) => new Date(start + minutes * 60_000);
  const first = await generateKeys(at(-60));
  const second = await rotateKeys(first, at(0));
  const kidsOf = (keys: SigningKeys) => publishedAt(keys, at(0));
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

test("a replaced key is neither published nor taken once its tokens are over, without another rotation", async () => {
  const start = Date.now();
  const at = (minutes: number) => new Date(start + minutes * 60_000);
  const keys = await rotateKeys(await generateKeys(at(-60)), at(0));
  const [old, next] = keys.access;
  assert(old && next);
  const holder = { userId: randomUUID() as UserId, sessionId: randomUUID() as SessionId };
  const forge = (minutes: number) => AccessToken.sign([old], holder, at(minutes));
  for (const minutes of [5, 29]) {
    expect(await publishedAt(keys, at(minutes))).toContain(old.kid);
    const { token } = await forge(minutes);
    expect((await AccessToken.verify(keys.access, token, at(minutes))).sid).toBe(holder.sessionId);
  }
  for (const key of [old, keys.join[0]]) expect(await publishedAt(keys, at(31))).not.toContain(key?.kid);
  const { token } = await forge(31);
  await expect(AccessToken.verify(keys.access, token, at(31))).rejects.toMatchObject({
    code: "unauthenticated",
  });
  expect(await publishedAt(keys, at(31))).toContain(next.kid);
});

test("keys that leaked are replaced at once, and only the secret stays", async () => {
  const leaked = await generateKeys();
  const now = new Date();
  const replaced = await replaceKeys(leaked, now);
  const kids = await publishedAt(replaced, now);
  expect(kids.length).toBe(2);
  for (const kid of await publishedAt(leaked, now)) expect(kids).not.toContain(kid);
  expect(kids).toContain(signingKeyOf(replaced.access, now).kid);
  expect(replaced.secret).toEqual(leaked.secret);
});

test("something else than exported keys is refused", async () => {
  await expect(importKeys({ access: [] })).rejects.toThrow();
});

const publishedAt = async (keys: SigningKeys, now: Date) =>
  (await publicJwks(keys, now)).keys.map((key) => key.kid);
