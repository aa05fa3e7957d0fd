import type { ChannelId, NodeId, OrganizationId } from "@parley/contract/ids";
import { and, eq, getTableColumns, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { defineReading, read } from "../reading.ts";
import { voiceRooms } from "../schema/voice-rooms.ts";

export type Lease = typeof voiceRooms.$inferSelect;

export interface Placement {
  orgId: OrganizationId;
  channelId: ChannelId;
  node: { id: NodeId; bootEpoch: number };
  /** The lease on which the choice of node was made; undefined when there was none. */
  seen: Lease | undefined;
  now: Date;
}

export const lease = defineReading("voice_rooms_one", getTableColumns(voiceRooms), (select) =>
  select
    .from(voiceRooms)
    .where(
      and(
        eq(voiceRooms.orgId, sql.placeholder("orgId")),
        eq(voiceRooms.channelId, sql.placeholder("channelId")),
      ),
    ),
);

export async function find(
  tx: Transaction,
  orgId: OrganizationId,
  channelId: ChannelId,
): Promise<Lease | undefined> {
  const [[found]] = await read(tx, lease({ orgId, channelId }));
  return found;
}

/**
 * Puts a room on a node and gives its fence. A lease on the same start of the same node keeps its fence;
 * any other is replaced with the next one, by compare-and-set: undefined means that somebody else placed
 * the room since `seen` was read, and their choice stands. Read again, then.
 */
export async function place(tx: Transaction, placement: Placement): Promise<number | undefined> {
  const { orgId, channelId, node, seen, now } = placement;
  if (seen?.nodeId === node.id && seen.bootEpoch === node.bootEpoch) return seen.fence;
  const place = { nodeId: node.id, bootEpoch: node.bootEpoch, renewedAt: now };
  const [placed] = seen
    ? await tx
        .update(voiceRooms)
        .set({ ...place, fence: sql`${voiceRooms.fence} + 1` })
        .where(
          and(
            eq(voiceRooms.orgId, orgId),
            eq(voiceRooms.channelId, channelId),
            eq(voiceRooms.fence, seen.fence),
          ),
        )
        .returning({ fence: voiceRooms.fence })
    : await tx
        .insert(voiceRooms)
        .values({ orgId, channelId, ...place, fence: 1 })
        .onConflictDoNothing()
        .returning({ fence: voiceRooms.fence });
  return placed?.fence;
}

/** The rooms that one start of a node holds. Crosses tenants: use `withSystem`. */
export const listOfNode = (tx: Transaction, node: Placement["node"]): Promise<Lease[]> =>
  tx.select().from(voiceRooms).where(isOn(node));

/** Renews every lease of one start of a node at once; gives how many. Crosses tenants: use `withSystem`. */
export async function renew(tx: Transaction, node: Placement["node"], now: Date): Promise<number> {
  const renewed = await tx
    .update(voiceRooms)
    .set({ renewedAt: now })
    .where(isOn(node))
    .returning({ channelId: voiceRooms.channelId });
  return renewed.length;
}

/** Lets go of a room, if the fence is still the caller's; says whether it was. */
export async function release(
  tx: Transaction,
  orgId: OrganizationId,
  channelId: ChannelId,
  fence: number,
): Promise<boolean> {
  const gone = await tx
    .delete(voiceRooms)
    .where(and(eq(voiceRooms.orgId, orgId), eq(voiceRooms.channelId, channelId), eq(voiceRooms.fence, fence)))
    .returning({ fence: voiceRooms.fence });
  return gone.length > 0;
}

const isOn = (node: Placement["node"]) =>
  and(eq(voiceRooms.nodeId, node.id), eq(voiceRooms.bootEpoch, node.bootEpoch));
