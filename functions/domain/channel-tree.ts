/** The channels that a member sees, in the order in which a client draws them. */
import type { Channel } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";
import { has, VIEW } from "@parley/contract/permissions";
import type { Transaction } from "@parley/db/client";
import type * as Channels from "@parley/db/queries/channels";
import * as Rights from "./rights.ts";

/** Channels that the asker sees, and no others. Throws `not_found` for everybody outside. */
export async function read(tx: Transaction, asker: Rights.Asker): Promise<Channel[]> {
  const { channels, permissions } = await Rights.readTree(tx, asker);
  const seen = channels.filter(({ id }) => has(permissions.get(id) ?? 0n, VIEW));
  return inTreeOrder(seen.map(toChannel));
}

/** Depth first: a parent, then all below it, then its next sibling. Siblings keep the order they came in. */
export function inTreeOrder(channels: readonly Channel[]): Channel[] {
  const children = Map.groupBy(channels, (channel) => channel.parentId);
  const ordered: Channel[] = [];
  const visit = (parentId: ChannelId | null): void => {
    for (const channel of children.get(parentId) ?? []) {
      ordered.push(channel);
      visit(channel.id);
    }
  };
  visit(null);
  return ordered;
}

const toChannel = (row: Channels.Channel): Channel => ({
  id: row.id,
  parentId: row.parentId,
  position: row.position,
  name: row.name,
  topic: row.topic,
  hasPassword: row.passwordHash !== null,
  userLimit: row.userLimit,
});
