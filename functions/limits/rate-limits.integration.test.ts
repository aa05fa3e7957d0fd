import { randomUUID } from "node:crypto";
import type { Driver } from "@parley/db/connection";
import { openTestDatabase } from "@parley/db/testing/test-database";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rateRulesFor } from "../domain/rate-limits.ts";
import { type RedisServer, startRedis } from "../testing/redis-server.ts";
import { countInDatabase } from "./database.ts";
import { countInMemory } from "./memory.ts";
import { createRateLimits, type MakeCounter } from "./rate-limits.ts";
import { countInRedis } from "./redis.ts";

const silent = { info() {}, warn() {}, error() {} };
const closes: (() => unknown)[] = [];
let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis();
  closes.push(() => redis.stop());
});
afterAll(async () => {
  for (const close of closes.reverse()) await close();
});

const stores: [string, () => Promise<MakeCounter>][] = [
  ["memory", async () => countInMemory],
  [
    "the database",
    async () => {
      const database = await openTestDatabase();
      closes.push(() => database.close());
      return countInDatabase(database);
    },
  ],
  [
    "Redis",
    async () => {
      const counters = countInRedis(redis.url, silent);
      closes.push(counters.close);
      await counters.ready();
      return counters.makeCounter;
    },
  ],
];

describe.each(stores)("rates counted in %s", (_name, open) => {
  let limits: ReturnType<typeof createRateLimits>;
  beforeAll(async () => {
    limits = createRateLimits(await open(), silent);
  });

  test("let so many pass and no more, also of those who come at once, and say how long to wait", async () => {
    const key = randomUUID();
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => limits.take("register", key)));
    expect(results.filter(({ status }) => status === "fulfilled").length).toBe(5);
    const refused = await limits.take("register", key).catch((error) => error);
    expect(refused).toMatchObject({ code: "rate_limited" });
    expect(refused.retryAfterSeconds).toBeGreaterThan(3_500);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(3_600);
    await limits.take("register", randomUUID());
  });

  test("of log-ins: ten are free, then the door opens for one at a time, however many knock", async () => {
    const key = randomUUID();
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => limits.take("login", key)));
    expect(results.filter(({ status }) => status === "fulfilled").length).toBe(10);
    const refused = await limits.take("login", key).catch((error) => error);
    expect(refused).toMatchObject({ code: "rate_limited" });
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(900);
  });

  test("of joins: five may come at once, and the others wait ten seconds at the most", async () => {
    const key = randomUUID();
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => limits.take("join", key)));
    expect(results.filter(({ status }) => status === "fulfilled").length).toBe(5);
    const refused = await limits.take("join", key).catch((error) => error);
    expect(refused).toMatchObject({ code: "rate_limited" });
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(10);
    await limits.take("join", randomUUID());
  });

  test("forget the tries before a good one", async () => {
    const key = randomUUID();
    for (let n = 0; n < 9; n++) await limits.take("login", key);
    await limits.forgive("login", key);
    for (let n = 0; n < 10; n++) await limits.take("login", key);
    await expect(limits.take("login", key)).rejects.toMatchObject({ code: "rate_limited" });
  });

  test("of an address take back one try for each good one, not those of others", async () => {
    const key = randomUUID();
    for (let n = 0; n < 99; n++) await limits.take("loginOfAddress", key);
    await limits.giveBack("loginOfAddress", key);
    await limits.take("loginOfAddress", key);
    await limits.take("loginOfAddress", key);
    await expect(limits.take("loginOfAddress", key)).rejects.toMatchObject({ code: "rate_limited" });
  });

  test("count all together who can't be told apart", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, () => limits.take("register", undefined)),
    );
    expect(results.filter(({ status }) => status === "fulfilled").length).toBe(5);
  });
});

test("an installation that allows more joins lets half of them come at once", async () => {
  const limits = createRateLimits(countInMemory, silent, rateRulesFor({ joinsPerMinute: 40 }));
  const results = await Promise.allSettled(Array.from({ length: 30 }, () => limits.take("join", "somebody")));
  expect(results.filter(({ status }) => status === "fulfilled").length).toBe(20);
});

test("keys in the store tell neither names nor addresses", async () => {
  const keys: string[] = [];
  const limits = createRateLimits((options) => {
    const counter = countInMemory(options);
    const consume = counter.consume.bind(counter);
    counter.consume = (key, ...more) => {
      keys.push(`${options.keyPrefix}:${key}`);
      return consume(key, ...more);
    };
    return counter;
  }, silent);
  await limits.take("reset", "alice@example.com");
  expect(keys).toEqual([expect.stringMatching(/^parley:reset:[\w-]{43}$/)]);
});

test("a connection to Redis that is only being made, or was lost a moment ago, refuses nobody", async () => {
  const counters = countInRedis(redis.url, silent);
  const limits = createRateLimits(counters.makeCounter, silent);
  const admin = new Redis(redis.url);
  try {
    await limits.take("login", "somebody");
    for (let n = 0; n < 5; n++) {
      // As an idle connection ends while a function is frozen.
      await admin.call("client", "kill", "type", "normal", "skipme", "yes");
      await limits.take("login", randomUUID());
    }
  } finally {
    counters.close();
    admin.disconnect();
  }
});

test("a connection to the database that turns out to be lost refuses nobody", async () => {
  const database = await openTestDatabase();
  /** The network, faked: the connection ended while the function was frozen, and nobody noticed. */
  let isLost = false;
  const losing: Driver = {
    ...database.driver,
    withConnection: (work) =>
      database.driver.withConnection((connection) =>
        work({
          ...connection,
          async pipeline(statements) {
            const rows = await connection.pipeline(statements);
            if (!isLost) return rows;
            isLost = false;
            throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
          },
        }),
      ),
  };
  const limits = createRateLimits(countInDatabase({ ...database, driver: losing }), silent);
  try {
    for (let n = 0; n < 3; n++) {
      isLost = true;
      await limits.take("register", randomUUID());
      expect(isLost).toBe(false);
    }
  } finally {
    await database.close();
  }
});

test("without their store, log-ins are refused and refreshes go on", async () => {
  const own = await startRedis();
  const counters = countInRedis(own.url, silent);
  const limits = createRateLimits(counters.makeCounter, silent);
  try {
    await counters.ready();
    await limits.take("login", "somebody");
    await own.kill();
    await expect(limits.take("login", "somebody")).rejects.toMatchObject({ code: "unavailable" });
    await limits.take("refresh", "some session");
    await limits.forgive("login", "somebody");
  } finally {
    counters.close();
    await own.stop();
  }
});
