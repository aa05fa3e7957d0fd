/** Log-ins. An access token is only as good as its session's row. */
import type { SessionId, UserId } from "@parley/contract/ids";
import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { time } from "./times.ts";
import { users } from "./users.ts";

export const sessions = pgTable(
  "sessions",
  {
    id: uuid().$type<SessionId>().primaryKey(),
    userId: uuid("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: time("created_at").notNull(),
    lastUsedAt: time("last_used_at").notNull(),
    expiresAt: time("expires_at").notNull(),
    revokedAt: time("revoked_at"),
    userAgent: text("user_agent"),
    /** Text, not inet: an address may carry a zone (fe80::1%eth0), which inet refuses. */
    ip: text(),
  },
  (table) => [index("sessions_user").on(table.userId)],
);
