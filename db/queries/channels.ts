/** The channel tree. Those who change it lock the organisation first (`Organizations.lock`). */
import { AppError } from "@parley/contract/errors";
import type { ChannelId, OrganizationId } from "@parley/contract/ids";
import { and, asc, eq, getTableColumns, isNull, ne, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newChannelId } from "../ids.ts";
import { lockOrganization } from "../lock-organization.ts";
import { nameKey } from "../name-key.ts";
import { defineReading, isTrue, type RowOfReading, read } from "../reading.ts";
import { rowsOf } from "../rows.ts";
import { channels } from "../schema/channels.ts";

export type Channel = typeof channels.$inferSelect;

/** Between neighbours, so that most moves write one row. */
const POSITION_GAP = 1024;
/** Well within an int4. */
const POSITION_MAX = 1_000_000_000;

export const one = defineReading("channels_one", getTableColumns(channels), (select) =>
  select
    .from(channels)
    .where(and(eq(channels.orgId, sql.placeholder("orgId")), eq(channels.id, sql.placeholder("id")))),
);

export async function find(
  tx: Transaction,
  orgId: OrganizationId,
  id: ChannelId,
): Promise<Channel | undefined> {
  const [[channel]] = await read(tx, one({ orgId, id }));
  return channel;
}

/** What is shown of each channel. */
export type ListedChannel = RowOfReading<typeof all>;

/** All channels of an organisation, siblings in order; the tree is the caller's to make. */
export const all = defineReading(
  "channels_all",
  {
    id: channels.id,
    parentId: channels.parentId,
    position: channels.position,
    name: channels.name,
    topic: channels.topic,
    hasPassword: { sql: sql`${channels.passwordHash} is not null`, read: isTrue },
    userLimit: channels.userLimit,
    bitrateBps: channels.bitrateBps,
    region: channels.region,
    inherit: channels.inherit,
  },
  (select) =>
    select
      .from(channels)
      .where(eq(channels.orgId, sql.placeholder("orgId")))
      .orderBy(asc(channels.position), asc(channels.id)),
);

export async function list(tx: Transaction, orgId: OrganizationId): Promise<ListedChannel[]> {
  const [rows] = await read(tx, all({ orgId }));
  return rows;
}

export type ChannelLink = Pick<Channel, "id" | "parentId" | "inherit">;

const links = { id: channels.id, parentId: channels.parentId, inherit: channels.inherit };

const allLinks = defineReading("channels_links", links, (select) =>
  select.from(channels).where(eq(channels.orgId, sql.placeholder("orgId"))),
);

/** The tree alone: who stands below whom. */
export async function listLinks(tx: Transaction, orgId: OrganizationId): Promise<ChannelLink[]> {
  const [rows] = await read(tx, allLinks({ orgId }));
  return rows;
}

const asId = (text: string) => text as ChannelId;

/** A channel and its ancestors, from the root down; nothing where there is no such channel. */
export const wayTo = defineReading(
  "channels_path",
  {
    id: { sql: sql`up.id`, read: asId },
    parentId: { sql: sql`up.parent_id`, read: asId as (text: string) => ChannelId | null },
    inherit: { sql: sql`up.inherit`, read: isTrue },
  },
  (select) =>
    select
      .from(
        sql`(with recursive up as (
          select id, parent_id, inherit, 1 as level from channels
          where org_id = ${sql.placeholder("orgId")} and id = ${sql.placeholder("id")}
          union all
          select c.id, c.parent_id, c.inherit, up.level + 1
          from up join channels c on c.org_id = ${sql.placeholder("orgId")} and c.id = up.parent_id
        ) select * from up) up`,
      )
      .orderBy(sql`up.level desc`),
);

export async function path(tx: Transaction, orgId: OrganizationId, id: ChannelId): Promise<ChannelLink[]> {
  const [rows] = await read(tx, wayTo({ orgId, id }));
  return rows;
}

/** A channel and all below it. */
export async function subtree(tx: Transaction, orgId: OrganizationId, id: ChannelId): Promise<ChannelId[]> {
  const rows = await rowsOf<{ id: ChannelId }>(
    tx,
    sql`with recursive down as (
          select id, 1 as level from channels where org_id = ${orgId} and id = ${id}
          union all
          select c.id, down.level + 1 from down join channels c on c.org_id = ${orgId} and c.parent_id = down.id
        )
        select id from down order by level, id`,
  );
  return rows.map((row) => row.id);
}

export interface ChannelSettings {
  name: string;
  topic?: string;
  userLimit?: number;
  bitrateBps?: number | null;
  region?: string | null;
  inherit?: boolean;
  passwordHash?: string | null;
}

export interface Place {
  /** Null is the top of the tree. */
  parentId: ChannelId | null;
  /** The sibling to stand behind; null stands first, undefined last. */
  after?: ChannelId | null;
}

/** Throws `name_taken`, `quota_exceeded`, `not_found` (the parent) or `channel_too_deep`. */
export async function create(
  tx: Transaction,
  orgId: OrganizationId,
  input: ChannelSettings & Place & { now: Date },
): Promise<Channel> {
  const { after: _after, now, ...settings } = input;
  const position = await makeRoom(tx, orgId, input, undefined);
  const values = {
    ...settings,
    orgId,
    id: newChannelId(),
    nameKey: nameKey(input.name),
    position,
    createdAt: now,
  };
  const [channel] = await tx.insert(channels).values(values).returning();
  if (!channel) throw new Error("insert returned no row");
  return channel;
}

/** Throws `name_taken`. */
export async function update(
  tx: Transaction,
  orgId: OrganizationId,
  id: ChannelId,
  change: Partial<ChannelSettings>,
): Promise<Channel | undefined> {
  const key = change.name === undefined ? {} : { nameKey: nameKey(change.name) };
  const [channel] = await tx
    .update(channels)
    .set({ ...change, ...key })
    .where(at(orgId, id))
    .returning();
  return channel;
}

/** Throws `channel_cycle`, `channel_too_deep`, `name_taken` or `not_found` (the parent, or the sibling). */
export async function move(
  tx: Transaction,
  orgId: OrganizationId,
  id: ChannelId,
  place: Place,
): Promise<Channel | undefined> {
  const position = await makeRoom(tx, orgId, place, id);
  const [channel] = await tx
    .update(channels)
    .set({ parentId: place.parentId, position })
    .where(at(orgId, id))
    .returning();
  return channel;
}

/**
 * Deletes a channel, with all below it where `cascade` says so; gives the deleted ids, none where there was no
 * such channel. Its entries and its room's lease go, too. Throws `channel_has_children`.
 */
export async function remove(
  tx: Transaction,
  orgId: OrganizationId,
  id: ChannelId,
  { cascade }: { cascade: boolean },
): Promise<ChannelId[]> {
  // Else a child made at this moment would stand below nothing.
  await lockOrganization(tx, orgId);
  const ids = await subtree(tx, orgId, id);
  if (ids.length > 1 && !cascade) throw new AppError("channel_has_children");
  // One statement: the foreign key to the parent is checked when all of them are gone.
  await tx.execute(
    sql`delete from ${channels} where ${channels.orgId} = ${orgId} and ${channels.id} = any(${sql.param(ids)}::uuid[])`,
  );
  return ids;
}

/** A position behind `after` among the children of a parent; the others are spread anew where there is no gap. */
async function makeRoom(
  tx: Transaction,
  orgId: OrganizationId,
  { parentId, after }: Place,
  moving: ChannelId | undefined,
): Promise<number> {
  const siblings = await tx
    .select({ id: channels.id, position: channels.position })
    .from(channels)
    .where(
      and(
        eq(channels.orgId, orgId),
        parentId === null ? isNull(channels.parentId) : eq(channels.parentId, parentId),
        moving === undefined ? undefined : ne(channels.id, moving),
      ),
    )
    .orderBy(asc(channels.position), asc(channels.id));
  const index =
    after === undefined
      ? siblings.length
      : after === null
        ? 0
        : 1 + siblings.findIndex(({ id }) => id === after);
  if (after && index === 0) throw new AppError("not_found");
  const before = siblings[index - 1]?.position;
  const behind = siblings[index]?.position;
  const position = between(before, behind);
  if (position !== undefined) return position;
  await spread(
    tx,
    orgId,
    siblings.map(({ id }) => id),
  );
  return index * POSITION_GAP - POSITION_GAP / 2;
}

/** Undefined where the gap is used up, or the numbers have run far from 0. */
function between(before: number | undefined, behind: number | undefined): number | undefined {
  let position = 0;
  if (before !== undefined && behind !== undefined) {
    if (behind - before <= 1) return undefined;
    position = before + Math.floor((behind - before) / 2);
  } else if (before !== undefined) position = before + POSITION_GAP;
  else if (behind !== undefined) position = behind - POSITION_GAP;
  return Math.abs(position) > POSITION_MAX ? undefined : position;
}

async function spread(tx: Transaction, orgId: OrganizationId, ids: ChannelId[]): Promise<void> {
  await tx.execute(sql`
    update ${channels} set position = (wanted.place - 1) * ${POSITION_GAP}
    from unnest(${sql.param(ids)}::uuid[]) with ordinality as wanted(id, place)
    where ${channels.orgId} = ${orgId} and ${channels.id} = wanted.id`);
}

const at = (orgId: OrganizationId, id: ChannelId) => and(eq(channels.orgId, orgId), eq(channels.id, id));
