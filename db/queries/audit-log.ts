/** The audit log. Append last in a transaction: the chain is locked from there to the commit. */
import type { AuditEventId, OrganizationId, UserId } from "@parley/contract/ids";
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

/** Everything that a person did or that was done to them, the newest first: for the export. Use `withSystem`. */
export const listConcerning = (tx: Transaction, userId: UserId, limit: number): Promise<AuditRow[]> =>
  tx
    .select()
    .from(auditLog)
    .where(or(eq(auditLog.actorId, userId), eq(auditLog.targetId, userId)))
    .orderBy(desc(auditLog.id))
    .limit(limit);

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

export interface ChainState {
  length: number;
  /** The first sequence number that isn't as it was written, null for a whole chain. */
  brokenAt: number | null;
}

/** Reads a whole chain: its cost grows with its length. */
export async function verify(tx: Transaction, chainId: OrganizationId | UserId): Promise<ChainState> {
  const [state] = await rowsOf<{ length: string; broken_at: string | null }>(
    tx,
    sql`select coalesce((select seq from audit_chains where chain_id = ${chainId}), 0)::text as length,
          audit_chain_break(${chainId})::text as broken_at`,
  );
  const brokenAt = state?.broken_at;
  return { length: Number(state?.length ?? 0), brokenAt: brokenAt == null ? null : Number(brokenAt) };
}

/** Names and addresses go from every event of or about a person; the events stay. Use `withSystem`. */
export async function forgetPerson(tx: Transaction, userId: UserId): Promise<void> {
  await tx
    .update(auditLog)
    .set({ personal: null, personalSalt: null })
    .where(or(eq(auditLog.actorId, userId), eq(auditLog.targetId, userId)));
}
