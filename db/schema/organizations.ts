/** Tenants and who is in them. */
import type { OrganizationId, UserId } from "@parley/contract/ids";
import { CHANNELS_PER_ORGANIZATION_MAX, MEMBERS_PER_ORGANIZATION_DEFAULT } from "@parley/contract/limits";
import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { time } from "./times.ts";
import { users } from "./users.ts";

export const organizations = pgTable(
  "organizations",
  {
    id: uuid().$type<OrganizationId>().primaryKey(),
    /** Stored in upper case only, so that its plain unique index ignores case. */
    tag: text().notNull().unique("organizations_tag_unique"),
    name: text().notNull(),
    /** A member of this very organisation: see the deferred foreign key below. */
    ownerId: uuid("owner_id").$type<UserId>().notNull(),
    settings: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    membersMax: integer("members_max").notNull().default(MEMBERS_PER_ORGANIZATION_DEFAULT),
    channelsMax: integer("channels_max").notNull().default(CHANNELS_PER_ORGANIZATION_MAX),
    /** Voices connected at once in all channels together; 0 means no limit of its own. */
    voicesMax: integer("voices_max").notNull().default(0),
    /** Counted by triggers, so that no race can overrun a quota and usage needs no count. */
    memberCount: integer("member_count").notNull().default(0),
    channelCount: integer("channel_count").notNull().default(0),
    roleCount: integer("role_count").notNull().default(0),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (table) => [
    // Deferred to the commit (migration 0002), since owner and membership are made together.
    foreignKey({
      name: "organizations_owner",
      columns: [table.id, table.ownerId],
      foreignColumns: [memberships.orgId, memberships.userId] as [AnyPgColumn, AnyPgColumn],
    }),
    index("organizations_owner_id").on(table.ownerId),
    check(
      "organizations_counts_range",
      sql`least(${table.memberCount}, ${table.channelCount}, ${table.roleCount}) >= 0`,
    ),
    check("organizations_tag_form", sql`${table.tag} ~ '^[A-Z0-9]{2,16}$'`),
    check(
      "organizations_quota_range",
      sql`${table.membersMax} > 0 and ${table.channelsMax} between 0 and ${sql.raw(String(CHANNELS_PER_ORGANIZATION_MAX))} and ${table.voicesMax} >= 0`,
    ),
  ],
);

export const memberships = pgTable(
  "memberships",
  {
    orgId: uuid("org_id")
      .$type<OrganizationId>()
      .notNull()
      .references((): AnyPgColumn => organizations.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /**
     * `left` keeps the row of somebody who went or was kicked: a time-out can't be shed by leaving and coming
     * back, and `permission_version` never falls.
     */
    status: text().$type<"active" | "banned" | "left">().notNull().default("active"),
    nickname: text(),
    /** What a search for names goes by (`nameKey`). The account's is copied by triggers (migration 0004). */
    usernameKey: text("username_key").notNull().default(""),
    nicknameKey: text("nickname_key"),
    timedOutUntil: time("timed_out_until"),
    /** Rises with each change to what the member may do; media nodes refuse tokens of an older one. */
    permissionVersion: integer("permission_version").notNull().default(1),
    joinedAt: time("joined_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.userId] }),
    index("memberships_user").on(table.userId),
    index("memberships_listing").on(table.orgId, table.status, table.userId),
    index("memberships_by_username")
      .on(table.orgId, table.usernameKey.op("text_pattern_ops"), table.userId)
      .where(sql`${table.status} = 'active'`),
    index("memberships_by_nickname")
      .on(table.orgId, table.nicknameKey.op("text_pattern_ops"), table.userId)
      .where(sql`${table.status} = 'active' and ${table.nicknameKey} is not null`),
    check("memberships_nickname_whole", sql`(${table.nickname} is null) = (${table.nicknameKey} is null)`),
    check("memberships_status_known", sql`${table.status} in ('active', 'banned', 'left')`),
  ],
);
