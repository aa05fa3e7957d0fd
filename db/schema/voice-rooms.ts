/** The lease of a channel's room: which start of which node carries it. */
import type { ChannelId, NodeId, OrganizationId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { channels } from "./channels.ts";
import { time } from "./times.ts";

export const voiceRooms = pgTable(
  "voice_rooms",
  {
    orgId: uuid("org_id").$type<OrganizationId>().notNull(),
    channelId: uuid("channel_id").$type<ChannelId>().notNull(),
    nodeId: text("node_id").$type<NodeId>().notNull(),
    bootEpoch: bigint("boot_epoch", { mode: "number" }).notNull(),
    /** Rises each time the room moves; whoever holds a lower one is out of date. */
    fence: integer().notNull(),
    /** The node that takes the room over if this one dies, the same for everybody in it. */
    standbyNodeId: text("standby_node_id").$type<NodeId>(),
    renewedAt: time("renewed_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.channelId] }),
    foreignKey({
      name: "voice_rooms_channel",
      columns: [table.orgId, table.channelId],
      foreignColumns: [channels.orgId, channels.id],
    }).onDelete("cascade"),
    index("voice_rooms_node").on(table.nodeId, table.bootEpoch),
    check("voice_rooms_fence_positive", sql`${table.fence} > 0`),
  ],
);
