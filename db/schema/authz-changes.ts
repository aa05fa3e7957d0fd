/**
 * Outbox of everything that narrows somebody's rights: what media nodes must enforce. Numbers are given under
 * a lock held to the commit (migration 0002), so that they appear in their order and a reader that asks for
 * what came after the last one it saw misses none.
 */
import type { ChannelId, OrganizationId, UserId } from "@parley/contract/ids";
import { bigint, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { time } from "./times.ts";

export type AuthzChangeKind =
  | "kicked"
  | "banned"
  | "rights"
  | "session"
  | "account"
  | "channel"
  | "organization";

export const authzChanges = pgTable(
  "authz_changes",
  {
    orgId: uuid("org_id").$type<OrganizationId>().notNull(),
    /** Filled in by the trigger. */
    seq: bigint({ mode: "number" }).notNull().default(0),
    kind: text().$type<AuthzChangeKind>().notNull(),
    /** Null means everybody in the organisation or channel. */
    userId: uuid("user_id").$type<UserId>(),
    channelId: uuid("channel_id").$type<ChannelId>(),
    sessionId: uuid("session_id"),
    /** Permission version from which on tokens count again. */
    permissionVersion: integer("permission_version"),
    at: time("at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.seq] }),
    uniqueIndex("authz_changes_seq").on(table.seq),
    index("authz_changes_at").on(table.at),
  ],
);
