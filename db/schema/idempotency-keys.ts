/** What a POST that creates answered, so that the same request sent twice creates once. */
import type { UserId } from "@parley/contract/ids";
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { bytes } from "./bytes.ts";
import { time } from "./times.ts";
import { users } from "./users.ts";

export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    userId: uuid("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    key: text().notNull(),
    /** SHA-256 over method, path and body. */
    requestHash: bytes("request_hash").notNull(),
    /** When the request that answers took the key: it names the claim. */
    claimedAt: time("claimed_at").notNull(),
    /** Null while the first request is still at work. */
    status: integer(),
    response: jsonb(),
    expiresAt: time("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index("idempotency_keys_expiry").on(table.expiresAt),
  ],
);
