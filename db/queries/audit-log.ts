/** The audit log. Append last in a transaction: the chain is locked from there to the commit. */
import type { AuditEventId, OrganizationId, UserId } from "@parley/contract/ids";
import { AUDIT_VERIFY_ENTRIES_MAX } from "@parley/contract/limits";
import { and, desc, eq, gte, inArray, lt, not, or, sql } from "drizzle-orm";
import type { Transaction } from "../client.ts";
import { newAuditEventId } from "../ids.ts";
import { rowsOf } from "../rows.ts";
import { type AuditPersonal, auditLog } from "../schema/audit.ts";

export type AuditRow = typeof auditLog.$inferSelect;
export type { AuditPersonal };

export interface AuditEvent {
  at: Date;
  /** Undefined for what nobody did, such as a ban that ran out. */
  actorId?: UserId;
  /** Noun and verb: `channel.create`. */
  action: string;
  target?: { type: string; id: string };
  /** What changed. Ids, numbers and settings; what names a person belongs into `personal`. */
  before?: unknown;
  after?: unknown;
  requestId?: string;
  personal?: AuditPersonal;
}

/** Into the chain of an organisation. */
export const append = (tx: Transaction, orgId: OrganizationId, event: AuditEvent): Promise<AuditEventId> =>
  insert(tx, { orgId, chainId: orgId }, event);

/** Into an account's own chain: log-ins, passwords, deletion. Use `withSystem`. */
export const appendOfAccount = (tx: Transaction, userId: UserId, event: AuditEvent): Promise<AuditEventId> =>
  insert(tx, { orgId: null, chainId: userId }, event);

async function insert(
  tx: Transaction,
  chain: { orgId: OrganizationId | null; chainId: string },
  event: AuditEvent,
): Promise<AuditEventId> {
  const id = newAuditEventId();
  await tx.insert(auditLog).values({
    ...chain,
    id,
    at: event.at,
    actorId: event.actorId ?? null,
    action: event.action,
    targetType: event.target?.type ?? null,
    targetId: event.target?.id ?? null,
    before: event.before ?? null,
    after: event.after ?? null,
    requestId: event.requestId ?? null,
    personal: event.personal ?? null,
  });
  return id;
}

/** What was refused stands under the action's name with this behind it. */
export const DENIED = ".denied";

export interface AuditFilter {
  actorId?: UserId | undefined;
  /** What was done and what was refused by that name. */
  action?: string | undefined;
  outcome?: "done" | "denied" | undefined;
  targetId?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
}

/** An organisation's events, the newest first; `before` is the last sequence number seen. */
export function list(
  tx: Transaction,
  orgId: OrganizationId,
  filter: AuditFilter,
  page: { before?: number | undefined; limit: number },
): Promise<AuditRow[]> {
  const { actorId, action, outcome, targetId, from, until } = filter;
  return tx
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.chainId, orgId),
        page.before === undefined ? undefined : lt(auditLog.seq, page.before),
        actorId === undefined ? undefined : eq(auditLog.actorId, actorId),
        action === undefined ? undefined : inArray(auditLog.action, [action, `${action}${DENIED}`]),
        outcome === undefined ? undefined : outcome === "denied" ? isDenied : not(isDenied),
        targetId === undefined ? undefined : eq(auditLog.targetId, targetId),
        from === undefined ? undefined : gte(auditLog.at, from),
        until === undefined ? undefined : lt(auditLog.at, until),
      ),
    )
    .orderBy(desc(auditLog.seq))
    .limit(page.limit);
}

/** In the very words of the index `audit_log_refused`. */
const isDenied = sql`right(${auditLog.action}, 7) = '.denied'`;

/**
 * What a person did or what was done to them, the newest first, for the export; `before` is the last one seen.
 * Use `withSystem`.
 */
export const listConcerning = (
  tx: Transaction,
  userId: UserId,
  limit: number,
  before?: AuditEventId,
): Promise<AuditRow[]> =>
  tx
    .select()
    .from(auditLog)
    .where(and(concerns(userId), before === undefined ? undefined : lt(auditLog.id, before)))
    .orderBy(desc(auditLog.id))
    .limit(limit);

const concerns = (userId: UserId) =>
  or(eq(auditLog.actorId, userId), eq(auditLog.targetId, userId), isHeir(userId));

/** In the very words of the index `audit_log_heir`, which says why. */
const isHeir = (userId: UserId) =>
  sql`(${auditLog.action} = 'organization.transfer' and ${auditLog.targetType} = 'organization' and ${auditLog.after} ->> 'ownerId' = ${userId})`;

/** The event with a sequence number, which a broken chain names. */
export async function findBySeq(
  tx: Transaction,
  chainId: OrganizationId,
  seq: number,
): Promise<AuditEventId | undefined> {
  const [row] = await tx
    .select({ id: auditLog.id })
    .from(auditLog)
    .where(and(eq(auditLog.chainId, chainId), eq(auditLog.seq, seq)));
  return row?.id;
}

/** How far a chain was read. The hash is that of the event there, in hex: what comes next must follow from it. */
export interface ChainPlace {
  seq: number;
  hash: string;
}

export interface ChainState {
  /** Of the whole chain. */
  length: number;
  /** The first sequence number, of those that were read, that isn't as it was written; null for none. */
  brokenAt: number | null;
  /** Where to read on; null at the chain's end, and where it is broken. */
  next: ChainPlace | null;
}

/**
 * Reads a part of a chain, up to `limit` events behind `after` or from its beginning, and compares each with its
 * hash and with the event before it. At its end the chain's own record says whether something is missing there.
 */
export async function verify(
  tx: Transaction,
  chainId: OrganizationId | UserId,
  {
    after = { seq: 0, hash: "" },
    limit = AUDIT_VERIFY_ENTRIES_MAX,
  }: { after?: ChainPlace | undefined; limit?: number } = {},
): Promise<ChainState> {
  const [state] = await rowsOf<{
    rows: number;
    seq: string | null;
    hash: string | null;
    broken_at: string | null;
    head_seq: string | null;
    head_hash: string | null;
  }>(
    tx,
    sql`with part as (
          select l as entry from audit_log l
          where l.chain_id = ${chainId} and l.seq > ${after.seq} order by l.seq limit ${limit}
        ), placed as (
          select entry, row_number() over in_order + ${after.seq} as number,
            lag((entry).hash, 1, nullif(decode(${after.hash}, 'hex'), ''::bytea)) over in_order as hash_before
          from part window in_order as (order by (entry).seq)
        ), head as (
          select seq, encode(hash, 'hex') as hash from audit_chains where chain_id = ${chainId}
        )
        select count(*)::int as rows, max((entry).seq)::text as seq,
          (array_agg(encode((entry).hash, 'hex') order by (entry).seq desc))[1] as hash,
          (select seq from head)::text as head_seq, (select hash from head) as head_hash,
          (min((entry).seq) filter (where (entry).seq <> number
            or (entry).previous_hash is distinct from hash_before
            or (entry).hash <> audit_row_hash(entry)
            or ((entry).personal is not null
              and (entry).personal_hash <> audit_personal_hash((entry).personal_salt, (entry).personal))))::text
            as broken_at
        from placed`,
  );
  if (!state) throw new Error("an aggregate gives one row");
  const length = Number(state.head_seq ?? 0);
  if (state.broken_at !== null) return { length, brokenAt: Number(state.broken_at), next: null };
  const last = state.seq === null ? after : { seq: Number(state.seq), hash: state.hash ?? "" };
  if (state.rows === limit) return { length, brokenAt: null, next: last };
  const isWhole = last.seq === length && last.hash === (state.head_hash ?? "");
  return { length, brokenAt: isWhole ? null : length, next: null };
}

/** Names and addresses go from every event of or about a person; the events stay. Use `withSystem`. */
export async function forgetPerson(tx: Transaction, userId: UserId): Promise<void> {
  await tx.update(auditLog).set({ personal: null, personalSalt: null }).where(concerns(userId));
}
