/** The channels that a member sees, in the order in which a client draws them. */
import type { Channel, ChannelDetail } from "@parley/contract/channels";
import { AppError } from "@parley/contract/errors";
import type { ChannelId } from "@parley/contract/ids";
import { has, VIEW } from "@parley/contract/permissions";
import type { Database, Transaction } from "@parley/db/client";
import * as Channels from "@parley/db/queries/channels";
import * as SessionRows from "@parley/db/queries/sessions";
import { readAcrossAndOrg, readOrg } from "@parley/db/scope";
import type { AccessClaims } from "./access-token.ts";
import * as Rights from "./rights.ts";
import * as Sessions from "./sessions.ts";

/** Channels that the asker sees, and no others. Throws `not_found` for everybody outside. */
export async function read(db: Database, asker: Rights.Asker): Promise<ChannelDetail[]> {
  return toList(await readOrg(db, asker.orgId, ...Rights.treeReadings(asker)), asker);
}

/** The same for whoever a token names, in one round trip with their session. Throws `unauthenticated`. */
export async function readAs(
  db: Database,
  claims: AccessClaims,
  { orgId, now }: Omit<Rights.Asker, "userId">,
): Promise<ChannelDetail[]> {
  const asker = { orgId, userId: claims.sub, now };
  const session = SessionRows.active({ id: claims.sid, now });
  const [sessions, rows] = await readAcrossAndOrg(db, session, orgId, ...Rights.treeReadings(asker));
  Sessions.assertLive(claims, sessions);
  return toList(rows, asker);
}

function toList(rows: Parameters<typeof Rights.toTree>[0], asker: Rights.Asker): ChannelDetail[] {
  const { channels, permissions } = Rights.toTree(rows, asker);
  const seen = channels.flatMap((row) => {
    const held = permissions.get(row.id) ?? 0n;
    return has(held, VIEW) ? [toDetail(row, held)] : [];
  });
  return inTreeOrder(seen);
}

/** Throws `not_found` for a channel that the asker doesn't see. */
export async function readOne(
  tx: Transaction,
  asker: Rights.Asker,
  channelId: ChannelId,
): Promise<ChannelDetail> {
  const { permissions } = await Rights.readChannel(tx, asker, channelId);
  const row = await Channels.find(tx, asker.orgId, channelId);
  if (!row || !has(permissions, VIEW)) throw new AppError("not_found");
  const { passwordHash, ...shown } = row;
  return toDetail({ ...shown, hasPassword: passwordHash !== null }, permissions);
}

/** Depth first: a parent, then all below it, then its next sibling. Siblings keep the order they came in. */
export function inTreeOrder<T extends Pick<Channel, "id" | "parentId">>(channels: readonly T[]): T[] {
  const children = Map.groupBy(channels, (channel) => channel.parentId);
  const ordered: T[] = [];
  const visit = (parentId: ChannelId | null): void => {
    for (const channel of children.get(parentId) ?? []) {
      ordered.push(channel);
      visit(channel.id);
    }
  };
  visit(null);
  return ordered;
}

const toDetail = (row: Channels.ListedChannel, permissions: bigint): ChannelDetail => ({
  id: row.id,
  parentId: row.parentId,
  position: row.position,
  name: row.name,
  topic: row.topic,
  hasPassword: row.hasPassword,
  userLimit: row.userLimit,
  bitrateBps: row.bitrateBps,
  region: row.region,
  inherit: row.inherit,
  permissions: permissions.toString(),
});
