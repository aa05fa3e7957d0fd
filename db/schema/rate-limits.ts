/** Counters of rate-limiter-flexible, whose columns they are: for installations without Redis. */
import { bigint, index, integer, pgTable, varchar } from "drizzle-orm/pg-core";

export const rateLimits = pgTable(
  "rate_limits",
  {
    key: varchar({ length: 255 }).primaryKey(),
    points: integer().notNull().default(0),
    /** When the count starts anew, in ms since 1970. */
    expire: bigint({ mode: "number" }),
  },
  (table) => [index("rate_limits_expiry").on(table.expire)],
);
