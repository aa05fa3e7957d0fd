/** Counters in Redis. */
import { once } from "node:events";
import { Redis } from "ioredis";
import { RateLimiterRedis, type RateLimiterRes } from "rate-limiter-flexible";
import type { Logger } from "../app-deps.ts";
import type { MakeCounter } from "./rate-limits.ts";

const COMMAND_MS_MAX = 1_000;
/** How long a try waits for a connection that is just being made, or made anew. */
const CONNECT_MS_MAX = 1_000;

export interface RedisCounters {
  makeCounter: MakeCounter;
  /** Resolves once connected. */
  ready(): Promise<void>;
  close(): void;
}

/**
 * Doesn't wait for a Redis that is away: each rule has its own answer to that. But a connection that was only just
 * begun or lost gets a second to come: the first request to a process, or to one that was frozen while its connection
 * ended, isn't refused for it.
 */
export function countInRedis(url: string, logger: Logger): RedisCounters {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_MS_MAX,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  });
  let awaySinceMs: number | undefined = Date.now();
  redis.on("ready", () => {
    awaySinceMs = undefined;
  });
  redis.on("close", () => {
    awaySinceMs ??= Date.now();
  });
  redis.on("error", (err) => logger.warn({ err }, "Redis can't be reached; trying on"));

  async function nextReady(): Promise<void> {
    const leftMs = CONNECT_MS_MAX - (Date.now() - (awaySinceMs ?? Date.now()));
    if (leftMs > 0) await once(redis, "ready", { signal: AbortSignal.timeout(leftMs) }).catch(() => {});
  }

  /** What is asked for at the same moment goes out in one write: a log-in counts by two rules. */
  function together<T>(ask: () => T): T {
    const { stream } = redis;
    stream?.cork();
    process.nextTick(() => stream?.uncork());
    return ask();
  }

  class Counter extends RateLimiterRedis {
    override delete(...key: Parameters<RateLimiterRedis["delete"]>) {
      return together(() => super.delete(...key));
    }

    override reward(...tries: Parameters<RateLimiterRedis["reward"]>) {
      return together(() => super.reward(...tries));
    }

    override async consume(...attempt: Parameters<RateLimiterRedis["consume"]>): Promise<RateLimiterRes> {
      if (redis.status !== "ready") await nextReady();
      try {
        return await together(() => super.consume(...attempt));
      } catch (outcome) {
        // Lost as it was asked, whether or not the client has noticed: once more. At worst the try counts twice.
        if (!isConnectionLost(outcome)) throw outcome;
        await nextReady();
        return super.consume(...attempt);
      }
    }
  }

  return {
    makeCounter: (options) => new Counter({ ...options, storeClient: redis, rejectIfRedisNotReady: true }),
    async ready() {
      if (redis.status !== "ready") await once(redis, "ready");
    },
    close: () => redis.disconnect(),
  };
}

/** Neither a verdict of the limiter, nor an answer of Redis, nor its silence. */
const isConnectionLost = (outcome: unknown): boolean =>
  outcome instanceof Error && outcome.name !== "ReplyError" && outcome.message !== "Command timed out";
