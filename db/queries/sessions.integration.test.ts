/** Things that may be used once, by one of many. */
import { AppError } from "@parley/contract/errors";
import type { NodeId, UserId } from "@parley/contract/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "../client.ts";
import { prune } from "../prune.ts";
import { readAcross, withOrg, withSystem } from "../scope.ts";
import { makeTenant, makeUser, type Tenant } from "../testing/tenant.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import * as EmailTokens from "./email-tokens.ts";
import * as IdempotencyKeys from "./idempotency-keys.ts";
import * as Sessions from "./sessions.ts";
import * as Users from "./users.ts";
import * as VoiceRooms from "./voice-rooms.ts";

let database: TestDatabase;
let tenant: Tenant;
let userId: UserId;
const now = new Date();
const later = new Date(now.getTime() + 60_000);
const hash = (n: number) => new Uint8Array(32).fill(n);

beforeAll(async () => {
  database = await openTestDatabase();
  tenant = await makeTenant(database);
  userId = await makeUser(database);
});
afterAll(() => database.close());

const inSystem = <T>(work: (tx: Transaction) => Promise<T>) => withSystem(database, work);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    (value) => value,
    (error) => (error instanceof AppError ? error.code : String(error)),
  );

describe("a session", () => {
  const open = (tokenHash: Uint8Array, expiresAt = later) =>
    inSystem((tx) =>
      Sessions.create(tx, { userId, now, expiresAt, tokenHash, userAgent: "test", ip: "::1" }),
    );

  test("keeps the token from before when it is rotated, and when that was", async () => {
    const id = await open(hash(1));
    await inSystem(async (tx) => {
      const session = await Sessions.lock(tx, id);
      if (session) await Sessions.rotate(tx, { session, tokenHash: hash(2), now: later });
    });
    expect(await inSystem((tx) => Sessions.lock(tx, id))).toMatchObject({
      tokenHash: hash(2),
      previousTokenHash: hash(1),
      rotatedAt: later,
    });
  });

  test("beyond the newest so many is revoked", async () => {
    const { id: crowded } = await inSystem(async (tx) => {
      const user = await Users.create(tx, { username: "crowded", passwordHash: "x", now });
      if (!user) throw new Error("the name is taken");
      return user;
    });
    const ids = [];
    for (let n = 0; n < 5; n++) {
      const at = new Date(now.getTime() + n);
      ids.push(await inSystem((tx) => Sessions.create(tx, { userId: crowded, now: at, expiresAt: later })));
    }
    const revoked = await inSystem((tx) => Sessions.revokeOldest(tx, crowded, { now, keep: 3 }));
    expect(new Set(revoked)).toEqual(new Set(ids.slice(0, 2)));
    expect(await inSystem((tx) => Sessions.revokeOldest(tx, crowded, { now, keep: 3 }))).toEqual([]);
  });

  test("rotated by ten at once is rotated once: the others see what the first one did", async () => {
    const id = await open(hash(40));
    const rotations = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        inSystem(async (tx) => {
          const session = await Sessions.lock(tx, id);
          if (!session || !Buffer.from(session.tokenHash ?? []).equals(hash(40))) return false;
          await Sessions.rotate(tx, { session, tokenHash: hash(41 + n), now });
          return true;
        }),
      ),
    );
    expect(rotations.filter(Boolean)).toHaveLength(1);
  });

  test("counts until it is revoked, has expired, or its account is disabled", async () => {
    const active = (id: Awaited<ReturnType<typeof open>>, at = now) =>
      readAcross(database, Sessions.active({ id, now: at })).then(([[found]]) => found);
    const id = await open(hash(4));
    expect(await active(id)).toMatchObject({ userId });
    expect(await active(id, later)).toBeUndefined();
    await inSystem((tx) => Users.update(tx, userId, { status: "disabled" }));
    expect(await active(id)).toBeUndefined();
    await inSystem((tx) => Users.update(tx, userId, { status: "active" }));
    expect(await inSystem((tx) => Sessions.revoke(tx, id, now, "log_out"))).toBe(true);
    expect(await inSystem((tx) => Sessions.revoke(tx, id, later, "other"))).toBe(false);
    expect(await active(id)).toBeUndefined();
  });

  test("of a person can all be revoked but one, and they hear which were alive", async () => {
    const [keep, go] = [await open(hash(5)), await open(hash(6))];
    const revoked = await inSystem((tx) =>
      Sessions.revokeAll(tx, userId, { now, reason: "password", except: keep }),
    );
    expect(revoked).toContain(go);
    expect(revoked).not.toContain(keep);
    expect(
      (await inSystem((tx) => Sessions.listActive(tx, userId, now))).map((session) => session.id),
    ).toEqual([keep]);
  });
});

describe("a mailed token", () => {
  test("works once, for its purpose, in its time; a newer one voids it", async () => {
    const make = (n: number) =>
      inSystem((tx) =>
        EmailTokens.create(tx, {
          tokenHash: hash(n),
          userId,
          purpose: "reset",
          email: "a@b.c",
          expiresAt: later,
        }),
      );
    const use = (n: number, at = now, purpose: "reset" | "verify" = "reset") =>
      inSystem(
        async (tx) => (await EmailTokens.consume(tx, { tokenHash: hash(n), purpose, now: at })) !== undefined,
      );
    await make(10);
    expect([await use(10, now, "verify"), await use(10, later)]).toEqual([false, false]);
    expect((await Promise.all([use(10), use(10), use(10)])).filter(Boolean)).toHaveLength(1);
    await make(11);
    await make(12);
    expect([await use(11), await use(12)]).toEqual([false, true]);
  });
});

describe("an idempotency key", () => {
  const claim = (key: string, requestHash = hash(20), at = now) =>
    codeOf(
      inSystem(async (tx) => {
        const kept = await IdempotencyKeys.claim(tx, { userId, key, requestHash, now: at, expiresAt: later });
        return kept ?? "mine";
      }),
    );

  test("is one request's of many, then answers the same, and refuses another request", async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim("k1")));
    expect(claims.toSorted()).toEqual([...Array(7).fill("idempotency_in_progress"), "mine"]);
    await inSystem((tx) =>
      IdempotencyKeys.answer(tx, { userId, key: "k1", claimedAt: now }, { status: 201, response: { id: 1 } }),
    );
    expect(await claim("k1")).toEqual({ status: 201, response: { id: 1 } });
    expect(await claim("k1", hash(21))).toBe("idempotency_key_reused");
    expect(await claim("k1", hash(21), new Date(later.getTime() + 1))).toBe("mine");
  });

  test("whose request died is taken over after a minute, and a late answer of the dead doesn't count", async () => {
    const minute = new Date(now.getTime() + 61_000);
    const long = new Date(now.getTime() + 3_600_000);
    const claimAt = (at: Date) =>
      codeOf(
        inSystem(async (tx) => {
          const kept = await IdempotencyKeys.claim(tx, {
            userId,
            key: "k3",
            requestHash: hash(22),
            now: at,
            expiresAt: long,
          });
          return kept ?? "mine";
        }),
      );
    expect([await claimAt(now), await claimAt(now), await claimAt(minute)]).toEqual([
      "mine",
      "idempotency_in_progress",
      "mine",
    ]);
    await inSystem((tx) =>
      IdempotencyKeys.answer(tx, { userId, key: "k3", claimedAt: now }, { status: 500, response: null }),
    );
    await inSystem((tx) => IdempotencyKeys.release(tx, { userId, key: "k3", claimedAt: now }));
    expect(await claimAt(minute)).toBe("idempotency_in_progress");
  });

  test("is free again after a failure", async () => {
    await claim("k2");
    await inSystem((tx) => IdempotencyKeys.release(tx, { userId, key: "k2", claimedAt: now }));
    expect(await claim("k2")).toBe("mine");
  });
});

describe("a room's lease", () => {
  const node = (id: string, bootEpoch: number) => ({ id: id as NodeId, bootEpoch });

  test("keeps the fence on the same start of a node, raises it on any other, and the slower of two loses", async () => {
    const { orgId, channelId } = tenant;
    const at = { orgId, channelId, now };
    await withOrg(database, orgId, async (tx) => {
      const find = () => VoiceRooms.find(tx, orgId, channelId);
      expect(await VoiceRooms.place(tx, { ...at, node: node("a", 1), seen: undefined })).toBe(1);
      expect(await VoiceRooms.place(tx, { ...at, node: node("b", 1), seen: undefined })).toBeUndefined();
      const first = await find();
      expect(await VoiceRooms.place(tx, { ...at, node: node("a", 1), seen: first })).toBe(1);
      expect(await VoiceRooms.place(tx, { ...at, node: node("a", 2), seen: first })).toBe(2);
      expect(await VoiceRooms.place(tx, { ...at, node: node("b", 1), seen: first })).toBeUndefined();
      expect(await VoiceRooms.place(tx, { ...at, node: node("b", 1), seen: await find() })).toBe(3);
    });
    expect(await inSystem((tx) => VoiceRooms.renew(tx, node("b", 1), later))).toBe(1);
    expect(await inSystem((tx) => VoiceRooms.renew(tx, node("a", 2), later))).toBe(0);
    expect(await inSystem((tx) => VoiceRooms.listOfNode(tx, node("b", 1)))).toMatchObject([
      { fence: 3, renewedAt: later },
    ]);
    expect(await withOrg(database, orgId, (tx) => VoiceRooms.release(tx, orgId, channelId, 2))).toBe(false);
    expect(await withOrg(database, orgId, (tx) => VoiceRooms.release(tx, orgId, channelId, 3))).toBe(true);
  });
});

test("what has run out is removed, what hasn't stays", async () => {
  const old = new Date(now.getTime() - 30 * 24 * 3_600_000);
  const gone = await inSystem((tx) => Sessions.create(tx, { userId, now: old, expiresAt: old }));
  const kept = await inSystem((tx) => Sessions.create(tx, { userId, now, expiresAt: later }));
  expect(await prune(database, now)).toBeGreaterThan(0);
  const found = (id: typeof gone) => inSystem(async (tx) => (await Sessions.lock(tx, id)) !== undefined);
  expect([await found(gone), await found(kept)]).toEqual([false, true]);
  expect(await prune(database, now)).toBe(0);
});
