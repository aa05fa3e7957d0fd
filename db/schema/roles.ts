/** Roles of a tenant and which member holds which. `everyone` is held by all and needs no row. */
import type { OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { memberships, organizations } from "./organizations.ts";

export const roles = pgTable(
  "roles",
  {
    orgId: uuid("org_id")
      .$type<OrganizationId>()
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    id: uuid().$type<RoleId>().notNull(),
    name: text().notNull(),
    nameKey: text("name_key").notNull(),
    /** Rank: a higher one stands above; `everyone` is 0, and only it. */
    position: integer().notNull(),
    permissions: bigint({ mode: "bigint" }).notNull(),
    isEveryone: boolean("is_everyone").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    uniqueIndex("roles_one_everyone").on(table.orgId).where(sql`${table.isEveryone}`),
    unique("roles_name_unique").on(table.orgId, table.nameKey),
    // Deferrable (migration 0002), so that one statement can turn the order round.
    unique("roles_position_unique").on(table.orgId, table.position),
    check("roles_everyone_at_bottom", sql`(${table.position} = 0) = ${table.isEveryone}`),
    check("roles_position_range", sql`${table.position} >= 0`),
    check("roles_permissions_range", sql`${table.permissions} >= 0`),
  ],
);

export const userRoles = pgTable(
  "user_roles",
  {
    orgId: uuid("org_id").$type<OrganizationId>().notNull(),
    userId: uuid("user_id").$type<UserId>().notNull(),
    roleId: uuid("role_id").$type<RoleId>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.userId, table.roleId] }),
    index("user_roles_role").on(table.orgId, table.roleId),
    foreignKey({
      name: "user_roles_membership",
      columns: [table.orgId, table.userId],
      foreignColumns: [memberships.orgId, memberships.userId],
    }).onDelete("cascade"),
    foreignKey({
      name: "user_roles_role",
      columns: [table.orgId, table.roleId],
      foreignColumns: [roles.orgId, roles.id],
    }).onDelete("cascade"),
  ],
);
