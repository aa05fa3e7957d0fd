import type { ChannelId, OrganizationId } from "@parley/contract/ids";
import { and, asc, eq } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { channels } from "../schema/channels.ts";

export type Channel = typeof channels.$inferSelect;

export async function find(
  tx: Transaction,
  orgId: OrganizationId,
  channelId: ChannelId,
): Promise<Channel | undefined> {
  const [channel] = await tx
    .select()
    .from(channels)
    .where(and(eq(channels.orgId, orgId), eq(channels.id, channelId)));
  return channel;
}

/** All channels of an organisation, siblings in order; the tree is the caller's to make. */
export function list(tx: Transaction, orgId: OrganizationId): Promise<Channel[]> {
  return tx
    .select()
    .from(channels)
    .where(eq(channels.orgId, orgId))
    .orderBy(asc(channels.position), asc(channels.id));
}
