/**
 * What was done, by whom, for good. Rows have no foreign keys: they outlive what they tell of. Each belongs to
 * a chain (its organisation's, or an account's own for what concerns no organisation) and carries the hash of
 * the row before it, so that a row changed or removed behind our back shows. Sequence number and hashes are
 * made by a trigger (migration 0002).
 */
import type { AuditEventId, OrganizationId, UserId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import { bigint, check, index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { bytes } from "./bytes.ts";
import { time } from "./times.ts";

/** Names and addresses of people: what must be forgotten with their account. */
export interface AuditPersonal {
  ip?: string;
  userAgent?: string;
  actorName?: string;
  targetName?: string;
  reason?: string;
}

export const auditLog = pgTable(
  "audit_log",
  {
    chainId: uuid("chain_id").notNull(),
    /** 1, 2, 3 … within its chain: the order in which the changes were committed. */
    seq: bigint({ mode: "number" }).notNull().default(0),
    id: uuid().$type<AuditEventId>().notNull().unique("audit_log_id_unique"),
    /** Null for what concerns an account alone. */
    orgId: uuid("org_id").$type<OrganizationId>(),
    at: time("at").notNull(),
    actorId: uuid("actor_id").$type<UserId>(),
    action: text().notNull(),
    targetType: text("target_type"),
    targetId: text("target_id"),
    /** What changed; ids, numbers and settings, never names of people. */
    before: jsonb(),
    after: jsonb(),
    requestId: text("request_id"),
    /** Under the chain only through its salted hash, so that it can be forgotten without breaking the chain. */
    personal: jsonb().$type<AuditPersonal>(),
    personalSalt: bytes("personal_salt"),
    personalHash: bytes("personal_hash").notNull().default(sql`''::bytea`),
    previousHash: bytes("previous_hash"),
    hash: bytes("hash").notNull().default(sql`''::bytea`),
  },
  (table) => [
    primaryKey({ columns: [table.chainId, table.seq] }),
    index("audit_log_by_actor").on(table.chainId, table.actorId, table.seq),
    index("audit_log_by_action").on(table.chainId, table.action, table.seq),
    index("audit_log_by_target").on(table.chainId, table.targetId, table.seq),
    index("audit_log_by_time").on(table.chainId, table.at),
    index("audit_log_refused").on(table.chainId, table.seq).where(sql`right(${table.action}, 7) = '.denied'`),
    index("audit_log_actor").on(table.actorId),
    index("audit_log_target").on(table.targetId),
    // Transfers of before migration 0005 name the heir, but have the organisation as their target.
    index("audit_log_heir")
      .on(sql`(${table.after} ->> 'ownerId')`)
      .where(sql`${table.action} = 'organization.transfer' and ${table.targetType} = 'organization'`),
    check("audit_log_chain_of_org", sql`${table.orgId} is null or ${table.orgId} = ${table.chainId}`),
  ],
);

/** The last link of each chain. Its row's lock puts writers in line; only the trigger writes it. */
export const auditChains = pgTable("audit_chains", {
  chainId: uuid("chain_id").primaryKey(),
  seq: bigint({ mode: "number" }).notNull(),
  hash: bytes("hash").notNull(),
});
