/**
 * Ids are UUIDs in lower case (made as version 7 by `db/ids.ts`, so that they sort by time). Each noun has
 * its own brand: a channel's id doesn't type-check where a user's is wanted.
 */
import { z } from "zod";

const uuid = z.uuid().toLowerCase();

export const userIdSchema = uuid.brand<"UserId">();
export const organizationIdSchema = uuid.brand<"OrganizationId">();
export const roleIdSchema = uuid.brand<"RoleId">();
export const channelIdSchema = uuid.brand<"ChannelId">();
export const inviteIdSchema = uuid.brand<"InviteId">();
export const auditEntryIdSchema = uuid.brand<"AuditEntryId">();
export const sessionIdSchema = uuid.brand<"SessionId">();

/** Names a media node: stable over restarts, unique in the installation. */
export const nodeIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .brand<"NodeId">();

/**
 * Names one stay of a person in a room; a person who joins twice is two participants. It is the decimal form
 * of the 32-bit CSRC (RFC 3550 §5.1) that marks each packet forwarded from them.
 */
export const participantIdSchema = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .brand<"ParticipantId">();

export type UserId = z.infer<typeof userIdSchema>;
export type OrganizationId = z.infer<typeof organizationIdSchema>;
export type RoleId = z.infer<typeof roleIdSchema>;
export type ChannelId = z.infer<typeof channelIdSchema>;
export type InviteId = z.infer<typeof inviteIdSchema>;
export type AuditEntryId = z.infer<typeof auditEntryIdSchema>;
export type SessionId = z.infer<typeof sessionIdSchema>;
export type NodeId = z.infer<typeof nodeIdSchema>;
export type ParticipantId = z.infer<typeof participantIdSchema>;
