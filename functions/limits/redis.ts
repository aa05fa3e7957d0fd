/** Counters in Redis. */
import { once } from "node:events";
import { Redis } from "ioredis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { Logger } from "../app-deps.ts";
import type { MakeCounter } from "./rate-limits.ts";

const COMMAND_MS_MAX = 1_000;

export interface RedisCounters {
  makeCounter: MakeCounter;
  /** Resolves once connected. */
  ready(): Promise<void>;
  close(): void;
}

/** Never waits for a Redis that is away: each rule has its own answer to that. */
export function countInRedis(url: string, logger: Logger): RedisCounters {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_MS_MAX,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  });
  redis.on("error", (err) => logger.warn({ err }, "Redis can't be reached; trying on"));
  return {
    makeCounter: (options) =>
      new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true }),
    async ready() {
      if (redis.status !== "ready") await once(redis, "ready");
    },
    close: () => redis.disconnect(),
  };
}
