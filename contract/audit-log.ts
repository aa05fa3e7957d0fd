/** Who changed what and when in an organisation. Rows are only ever added, each sealed by the hash of the last. */
import { z } from "zod";
import { auditEventIdSchema, userIdSchema } from "./ids.ts";
import { AUDIT_VERIFY_ENTRIES_MAX } from "./limits.ts";
import { pageOf, pageQuerySchema } from "./pages.ts";

export const auditActionSchema = z.enum([
  "organization.seed",
  "organization.create",
  "organization.update",
  "organization.transfer",
  "organization.delete",
  "member.join",
  "member.leave",
  "member.update",
  "member.kick",
  "member.ban",
  "member.unban",
  "member.time_out",
  "member.time_out_end",
  "role.create",
  "role.update",
  "role.delete",
  "role.reorder",
  "invite.create",
  "invite.revoke",
  "channel.create",
  "channel.update",
  "channel.move",
  "channel.delete",
  "channel.password_set",
  "channel.password_clear",
  "channel.acl",
  "voice.move",
  "voice.disconnect",
  "voice.update",
]);

const targetTypeSchema = z.enum(["organization", "user", "role", "invite", "channel"]);

export const auditTargetSchema = z.strictObject({
  type: targetTypeSchema,
  id: z.uuid(),
  /** User name at that time; null for what isn't a person, and when their account is gone. */
  name: z.string().nullable(),
});

/** Fields that changed, by name. Bits are decimal strings; secrets never stand here. */
const fieldsSchema = z.record(z.string(), z.unknown()).nullable();

export const auditEntrySchema = z.strictObject({
  id: auditEventIdSchema,
  at: z.iso.datetime(),
  /** Null for what the system did by itself; without a name when that account is gone. */
  actor: z.strictObject({ userId: userIdSchema, username: z.string().nullable() }).nullable(),
  /** One of `auditActionSchema`, or one that later versions know. */
  action: z.string(),
  /** `denied` for an attempt that was refused. */
  outcome: z.enum(["done", "denied"]),
  target: auditTargetSchema.nullable(),
  before: fieldsSchema,
  after: fieldsSchema,
  /** What the actor wrote, for bans and time-outs. */
  reason: z.string().nullable(),
  requestId: z.string().nullable(),
  ip: z.string().nullable(),
});

/** The newest first. */
export const auditLogPageSchema = pageOf(auditEntrySchema);

/** All filters together; `since` is included, `until` isn't. */
export const auditLogQuerySchema = pageQuerySchema.extend({
  actor: userIdSchema.optional(),
  action: auditActionSchema.optional(),
  outcome: z.enum(["done", "denied"]).optional(),
  target: z.uuid().toLowerCase().optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
});

/** A long log is verified in parts: `cursor` is the `nextCursor` of the part before. */
export const auditVerifyQuerySchema = pageQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(AUDIT_VERIFY_ENTRIES_MAX).default(AUDIT_VERIFY_ENTRIES_MAX),
});

/**
 * `intact` and `brokenAt`, the first row whose hash doesn't follow from the row before, are about this part;
 * `entries` is the length of the whole log. `nextCursor` is null at its end, and where it is broken.
 */
export const auditVerifyResponseSchema = z.strictObject({
  intact: z.boolean(),
  entries: z.int().nonnegative(),
  brokenAt: auditEventIdSchema.nullable(),
  nextCursor: z.string().nullable(),
});

export type AuditAction = z.infer<typeof auditActionSchema>;
export type AuditTarget = z.infer<typeof auditTargetSchema>;
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export type AuditVerifyResponse = z.infer<typeof auditVerifyResponseSchema>;
export type AuditLogQuery = z.infer<typeof auditLogQuerySchema>;
