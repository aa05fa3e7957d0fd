/** Bans of a tenant, and invitations into it. */
import type { BanId, InviteId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { bytes } from "./bytes.ts";
import { memberships, organizations } from "./organizations.ts";
import { roles } from "./roles.ts";
import { time } from "./times.ts";

export const bans = pgTable(
  "bans",
  {
    orgId: uuid("org_id").$type<OrganizationId>().notNull(),
    id: uuid().$type<BanId>().notNull(),
    userId: uuid("user_id").$type<UserId>().notNull(),
    /** Who banned; no foreign key, since the ban outlives the moderator's account. */
    bannedBy: uuid("banned_by").$type<UserId>().notNull(),
    reason: text().notNull().default(""),
    createdAt: time("created_at").notNull(),
    /** Null means for good. */
    expiresAt: time("expires_at"),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    unique("bans_one_per_member").on(table.orgId, table.userId),
    foreignKey({
      name: "bans_membership",
      columns: [table.orgId, table.userId],
      foreignColumns: [memberships.orgId, memberships.userId],
    }).onDelete("cascade"),
  ],
);

export const invites = pgTable(
  "invites",
  {
    orgId: uuid("org_id")
      .$type<OrganizationId>()
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    id: uuid().$type<InviteId>().notNull(),
    /** SHA-256 of the code: the link itself is shown once and kept nowhere. */
    codeHash: bytes("code_hash").notNull().unique("invites_code_unique"),
    createdBy: uuid("created_by").$type<UserId>().notNull(),
    /** A role that those who come by this link get besides `everyone`. */
    roleId: uuid("role_id").$type<RoleId>(),
    createdAt: time("created_at").notNull(),
    expiresAt: time("expires_at").notNull(),
    /** 0 means as often as wanted. */
    usesMax: integer("uses_max").notNull().default(0),
    uses: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    foreignKey({
      name: "invites_role",
      columns: [table.orgId, table.roleId],
      foreignColumns: [roles.orgId, roles.id],
    }).onDelete("cascade"),
    index("invites_of_role").on(table.orgId, table.roleId),
    index("invites_expiry").on(table.expiresAt),
    check(
      "invites_uses_range",
      sql`${table.uses} >= 0 and ${table.usesMax} >= 0 and (${table.usesMax} = 0 or ${table.uses} <= ${table.usesMax})`,
    ),
  ],
);
