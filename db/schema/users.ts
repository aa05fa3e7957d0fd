/** Accounts. They belong to no tenant: a person may be in many organisations. */
import type { UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { check, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { time } from "./times.ts";

export const users = pgTable(
  "users",
  {
    id: uuid().$type<UserId>().primaryKey(),
    /** As the person typed it, in NFC. */
    username: text().notNull(),
    /** What makes two spellings one name (`nameKey`): unique, and what log-in looks for. */
    usernameKey: text("username_key").notNull().unique("users_username_key_unique"),
    /** Only ever a verified address; one that waits for its proof stands in its email token. */
    email: text(),
    emailKey: text("email_key").unique("users_email_key_unique"),
    passwordHash: text("password_hash").notNull(),
    status: text().$type<"active" | "disabled">().notNull().default("active"),
    createdAt: time("created_at").notNull().defaultNow(),
    passwordChangedAt: time("password_changed_at").notNull().defaultNow(),
  },
  (table) => [
    // The unique index follows the database's collation, in which a prefix is no range.
    index("users_username_prefix").on(table.usernameKey.op("text_pattern_ops")),
    check("users_status_known", sql`${table.status} in ('active', 'disabled')`),
    check("users_email_whole", sql`(${table.email} is null) = (${table.emailKey} is null)`),
  ],
);
