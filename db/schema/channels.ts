/** The tree of voice channels of a tenant, and who may do what in each. */
import type { AclEntryId, ChannelId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
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
import { organizations } from "./organizations.ts";
import { roles } from "./roles.ts";
import { time } from "./times.ts";
import { users } from "./users.ts";

export const channels = pgTable(
  "channels",
  {
    orgId: uuid("org_id")
      .$type<OrganizationId>()
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    id: uuid().$type<ChannelId>().notNull(),
    parentId: uuid("parent_id").$type<ChannelId>(),
    /** Order among siblings, with gaps: moving one channel mostly writes one row. */
    position: integer().notNull().default(0),
    name: text().notNull(),
    nameKey: text("name_key").notNull(),
    topic: text().notNull().default(""),
    /** Argon2id; null means that the channel asks for no password. */
    passwordHash: text("password_hash"),
    /** 0 means no limit of its own. */
    userLimit: integer("user_limit").notNull().default(0),
    /** Opus target in bits per second; null leaves it to the client. */
    bitrateBps: integer("bitrate_bps"),
    /** Where its room is placed, whatever the caller's region. */
    region: text(),
    /** False cuts the channel off from its ancestors' entries. */
    inherit: boolean().notNull().default(true),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    // No action: who deletes a channel says what becomes of its children.
    foreignKey({
      name: "channels_parent",
      columns: [table.orgId, table.parentId],
      foreignColumns: [table.orgId, table.id],
    }),
    index("channels_siblings").on(table.orgId, table.parentId, table.position),
    unique("channels_name_unique").on(table.orgId, table.parentId, table.nameKey).nullsNotDistinct(),
    check("channels_user_limit_range", sql`${table.userLimit} >= 0`),
    check("channels_bitrate_range", sql`${table.bitrateBps} between 6000 and 510000`),
    check("channels_not_own_parent", sql`${table.parentId} <> ${table.id}`),
  ],
);

export const channelAcl = pgTable(
  "channel_acl",
  {
    orgId: uuid("org_id").$type<OrganizationId>().notNull(),
    id: uuid().$type<AclEntryId>().notNull(),
    channelId: uuid("channel_id").$type<ChannelId>().notNull(),
    /** The subject: exactly one of role and user. */
    roleId: uuid("role_id").$type<RoleId>(),
    /** Of the account, not of the membership: leaving and coming back sheds no deny. */
    userId: uuid("user_id")
      .$type<UserId>()
      .references(() => users.id, { onDelete: "cascade" }),
    allow: bigint({ mode: "bigint" }).notNull(),
    deny: bigint({ mode: "bigint" }).notNull(),
    appliesTo: text("applies_to").$type<"here" | "here_and_below">().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    foreignKey({
      name: "channel_acl_channel",
      columns: [table.orgId, table.channelId],
      foreignColumns: [channels.orgId, channels.id],
    }).onDelete("cascade"),
    foreignKey({
      name: "channel_acl_role",
      columns: [table.orgId, table.roleId],
      foreignColumns: [roles.orgId, roles.id],
    }).onDelete("cascade"),
    uniqueIndex("channel_acl_channel_role").on(table.orgId, table.channelId, table.roleId),
    uniqueIndex("channel_acl_channel_user").on(table.orgId, table.channelId, table.userId),
    index("channel_acl_of_role").on(table.orgId, table.roleId),
    index("channel_acl_of_user").on(table.userId),
    check("channel_acl_one_subject", sql`num_nonnulls(${table.roleId}, ${table.userId}) = 1`),
    check("channel_acl_bits_range", sql`${table.allow} >= 0 and ${table.deny} >= 0`),
    check("channel_acl_bits_disjoint", sql`${table.allow} & ${table.deny} = 0`),
    check("channel_acl_applies_to_known", sql`${table.appliesTo} in ('here', 'here_and_below')`),
  ],
);
