/** Tenants and who is in them. */
import type { OrganizationId, UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { time } from "./times.ts";
import { users } from "./users.ts";

export const organizations = pgTable(
  "organizations",
  {
    id: uuid().$type<OrganizationId>().primaryKey(),
    /** Stored in upper case only, so that its plain unique index ignores case. */
    tag: text().notNull().unique("organizations_tag_unique"),
    name: text().notNull(),
    ownerId: uuid("owner_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (table) => [check("organizations_tag_form", sql`${table.tag} ~ '^[A-Z0-9]{2,16}$'`)],
);

export const memberships = pgTable(
  "memberships",
  {
    orgId: uuid("org_id")
      .$type<OrganizationId>()
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    status: text().$type<"active" | "banned">().notNull().default("active"),
    /** Rises with each change to what the member may do; media nodes refuse tokens of an older one. */
    permissionVersion: integer("permission_version").notNull().default(1),
    joinedAt: time("joined_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.userId] }),
    index("memberships_user").on(table.userId),
    check("memberships_status_known", sql`${table.status} in ('active', 'banned')`),
  ],
);
