/** Log-ins. Each is a family of refresh tokens; an access token is only as good as its session's row. */
import type { SessionId, UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { check, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytes } from "./bytes.ts";
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
    /** SHA-256 of the refresh token that counts now, and of the one before it. */
    tokenHash: bytes("token_hash"),
    previousTokenHash: bytes("previous_token_hash"),
    rotatedAt: time("rotated_at"),
    createdAt: time("created_at").notNull(),
    /** When the person last proved who they are: changing email, password or ownership asks for a recent one. */
    authenticatedAt: time("authenticated_at").notNull().defaultNow(),
    lastUsedAt: time("last_used_at").notNull(),
    /** The absolute end, however often the tokens are rotated. */
    expiresAt: time("expires_at").notNull(),
    revokedAt: time("revoked_at"),
    revokedReason: text("revoked_reason"),
    userAgent: text("user_agent"),
    /** Text, not inet: an address may carry a zone (fe80::1%eth0), which inet refuses. */
    ip: text(),
  },
  (table) => [
    index("sessions_user").on(table.userId, table.createdAt),
    uniqueIndex("sessions_token").on(table.tokenHash),
    uniqueIndex("sessions_previous_token").on(table.previousTokenHash),
    index("sessions_expiry").on(table.expiresAt),
    check(
      "sessions_reason_when_revoked",
      sql`${table.revokedReason} is null or ${table.revokedAt} is not null`,
    ),
  ],
);
