/** Who talks where. */
import type { Present } from "@parley/contract/channels";
import type { NodeDirectory } from "@parley/contract/node-directory";
import type { Database } from "@parley/db/client";
import * as ChannelTree from "./channel-tree.ts";
import type { Asker } from "./rights.ts";

/** Presence of the channels that the asker sees, and of no others. */
export async function read(
  services: { db: Database; directory: NodeDirectory },
  asker: Asker,
): Promise<Present[]> {
  const { orgId } = asker;
  const channels = await ChannelTree.read(services.db, asker);
  const visible = new Set(channels.map((channel) => channel.id));
  const present = await services.directory.listPresence(orgId);
  return present.filter((entry) => visible.has(entry.channelId));
}
