/** Counters in our own database, for installations without Redis: table `rate_limits`. */
import type { Database } from "@parley/db/client";
import { repeatablePipelineOfSystem } from "@parley/db/scope";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import type { MakeCounter } from "./rate-limits.ts";

/** As rate-limiter-flexible asks: the key is its first value. Answers, where there are any, are two numbers. */
interface Query {
  name: string;
  text: string;
  values: (string | number)[];
}

interface Answer {
  rows: { points: number; expire: number }[];
  rowCount: number;
}

export function countInDatabase(database: Database): MakeCounter {
  const storeClient = { query: together(database) };
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

/** What is asked for at the same moment goes out in one round trip: a log-in counts by two rules. */
function together(database: Database): (query: Query) => Promise<Answer> {
  let waiting: (Query & PromiseWithResolvers<Answer>)[] = [];

  async function send(): Promise<void> {
    // In one order everywhere: two that lock the same rows wait for one another, and never in a circle.
    const queries = waiting.sort((a, b) => compare(String(a.values[0]), String(b.values[0])));
    waiting = [];
    try {
      // Of a lost connection nobody knows whether it has counted: at worst the tries count, or are given back, twice.
      const answers = await repeatablePipelineOfSystem(database, queries);
      for (const [index, { resolve }] of queries.entries()) {
        const rows = (answers[index] ?? []).map(([points, expire]) => ({
          points: Number(points),
          expire: Number(expire),
        }));
        resolve({ rows, rowCount: rows.length });
      }
    } catch (error) {
      for (const { reject } of queries) reject(error);
    }
  }

  return (query) => {
    if (waiting.length === 0) process.nextTick(send);
    const asked = { ...query, ...Promise.withResolvers<Answer>() };
    waiting.push(asked);
    return asked.promise;
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
