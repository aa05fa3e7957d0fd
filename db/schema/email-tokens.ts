/** What a mailed link proves: that an address is the person's, or that they may set a new password. */
import type { UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { check, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { bytes } from "./bytes.ts";
import { time } from "./times.ts";
import { users } from "./users.ts";

export const emailTokens = pgTable(
  "email_tokens",
  {
    /** SHA-256 of the token. */
    tokenHash: bytes("token_hash").primaryKey(),
    userId: uuid("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    purpose: text().$type<"verify" | "reset">().notNull(),
    /** Where the mail went: the address that the token verifies. */
    email: text().notNull(),
    expiresAt: time("expires_at").notNull(),
    usedAt: time("used_at"),
  },
  (table) => [
    index("email_tokens_user").on(table.userId),
    index("email_tokens_expiry").on(table.expiresAt),
    check("email_tokens_purpose_known", sql`${table.purpose} in ('verify', 'reset')`),
  ],
);
