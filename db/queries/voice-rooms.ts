import type { ChannelId, NodeId, OrganizationId } from "@parley/contract/ids";
import { and, eq, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
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

export async function find(
  tx: Transaction,
  orgId: OrganizationId,
  channelId: ChannelId,
): Promise<Lease | undefined> {
  const [lease] = await tx
    .select()
    .from(voiceRooms)
    .where(and(eq(voiceRooms.orgId, orgId), eq(voiceRooms.channelId, channelId)));
  return lease;
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
