/** Accounts. They belong to no tenant: a person may be in many organisations. */
import type { UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { check, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { time } from "./times.ts";

export const users = pgTable(
  "users",
  {
    id: uuid().$type<UserId>().primaryKey(),
    /** As the person typed it, in NFC. */
    username: text().notNull(),
    /** Lower case of the NFC form: what makes a name unique and what log-in looks for. */
    usernameKey: text("username_key").notNull().unique("users_username_key_unique"),
    passwordHash: text("password_hash").notNull(),
    status: text().$type<"active" | "disabled">().notNull().default("active"),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (table) => [check("users_status_known", sql`${table.status} in ('active', 'disabled')`)],
);
