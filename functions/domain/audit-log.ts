/** The audit log as those who may read it see it. */
import { type AuditEntry, type AuditLogQuery, auditTargetSchema } from "@parley/contract/audit-log";
import { AppError } from "@parley/contract/errors";
import { type AuditEventId, userIdSchema } from "@parley/contract/ids";
import { VIEW_AUDIT_LOG } from "@parley/contract/permissions";
import type { Database, Transaction } from "@parley/db/client";
import * as Rows from "@parley/db/queries/audit-log";
import * as Memberships from "@parley/db/queries/memberships";
import { withOrg } from "@parley/db/scope";
import * as Rights from "./rights.ts";

export type ListedEntry = AuditEntry & { seq: number };

/** The newest first; `before` is the sequence number of the last one seen. */
export const list = (
  db: Database,
  asker: Rights.Asker,
  { actor, action, outcome, target, since, until, limit }: AuditLogQuery,
  before: number | undefined,
): Promise<ListedEntry[]> =>
  withOrg(db, asker.orgId, async (tx) => {
    await Rights.assertHolds(tx, asker, VIEW_AUDIT_LOG);
    const filter = {
      actorId: actor,
      action,
      outcome,
      targetId: target,
      from: since === undefined ? undefined : new Date(since),
      until: until === undefined ? undefined : new Date(until),
    };
    if (actor !== undefined) await assertKnown(tx, asker, { actorId: actor });
    if (target !== undefined) await assertKnown(tx, asker, { targetId: target });
    const rows = await Rows.list(tx, asker.orgId, filter, { before, limit });
    return rows.map((row) => ({ ...toEntry(row), seq: row.seq }));
  });

export interface Verified {
  intact: boolean;
  entries: number;
  brokenAt: AuditEventId | null;
  next: Rows.ChainPlace | null;
}

/** Reads a part of the chain: all of it would hold a connection for as long as the log is long. */
export const verify = (
  db: Database,
  asker: Rights.Asker,
  part: { after: Rows.ChainPlace | undefined; limit: number },
): Promise<Verified> =>
  withOrg(db, asker.orgId, async (tx) => {
    await Rights.assertHolds(tx, asker, VIEW_AUDIT_LOG);
    const { length, brokenAt, next } = await Rows.verify(tx, asker.orgId, part);
    const id = brokenAt === null ? undefined : await Rows.findBySeq(tx, asker.orgId, brokenAt);
    return { intact: brokenAt === null, entries: length, brokenAt: id ?? null, next };
  });

/** Throws `not_found` for who never was a member here and isn't named in the log, as for any id of another tenant. */
async function assertKnown(tx: Transaction, asker: Rights.Asker, filter: Rows.AuditFilter): Promise<void> {
  const userId = filter.actorId ?? userIdSchema.parse(filter.targetId);
  if (await Memberships.find(tx, asker.orgId, userId)) return;
  const [row] = await Rows.list(tx, asker.orgId, filter, { limit: 1 });
  if (!row) throw new AppError("not_found");
}

function toEntry(row: Rows.AuditRow): AuditEntry {
  const denied = row.action.endsWith(Rows.DENIED);
  const target = auditTargetSchema.safeParse({
    type: row.targetType,
    id: row.targetId,
    name: row.personal?.targetName ?? null,
  });
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actorId === null ? null : { userId: row.actorId, username: row.personal?.actorName ?? null },
    action: denied ? row.action.slice(0, -Rows.DENIED.length) : row.action,
    outcome: denied ? "denied" : "done",
    target: target.success ? target.data : null,
    before: fieldsOf(row.before),
    after: fieldsOf(row.after),
    reason: row.personal?.reason ?? null,
    requestId: row.requestId,
    ip: row.personal?.ip ?? null,
  };
}

const fieldsOf = (value: unknown): AuditEntry["before"] => (value ?? null) as AuditEntry["before"];
