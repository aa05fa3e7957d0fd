/** Counters in our own database, for installations without Redis: table `rate_limits`. */
import type { Database } from "@parley/db/client";
import { executeAlone } from "@parley/db/statement";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import type { MakeCounter } from "./rate-limits.ts";

interface Query {
  text: string;
  values: unknown[];
}

export function countInDatabase(database: Database): MakeCounter {
  const storeClient = {
    query: ({ text, values }: Query) => executeAlone(database, text, values),
  };
  return (options) =>
    new RateLimiterPostgres({
      ...options,
      storeClient,
      storeType: "client",
      tableName: "rate_limits",
      tableCreated: true,
      // db/prune.ts does it.
      clearExpiredByTimeout: false,
    });
}
