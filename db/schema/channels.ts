/** The tree of voice channels of a tenant. */
import type { ChannelId, OrganizationId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { organizations } from "./organizations.ts";

export const channels = pgTable(
  "channels",
  {
    orgId: uuid("org_id")
      .$type<OrganizationId>()
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    id: uuid().$type<ChannelId>().notNull(),
    parentId: uuid("parent_id").$type<ChannelId>(),
    position: integer().notNull().default(0),
    name: text().notNull(),
    topic: text().notNull().default(""),
    /** Argon2id; null means that the channel asks for no password. */
    passwordHash: text("password_hash"),
    /** 0 means no limit of its own. */
    userLimit: integer("user_limit").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    foreignKey({
      name: "channels_parent",
      columns: [table.orgId, table.parentId],
      foreignColumns: [table.orgId, table.id],
    }),
    index("channels_siblings").on(table.orgId, table.parentId, table.position),
    check("channels_user_limit_range", sql`${table.userLimit} >= 0`),
  ],
);
