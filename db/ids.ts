/** Makers of ids: UUID version 7, so that rows made later sort later and indexes grow at one end. */
import type {
  AclEntryId,
  AuditEventId,
  BanId,
  ChannelId,
  InviteId,
  OrganizationId,
  RoleId,
  SessionId,
  UserId,
} from "@parley/contract/ids";
import { v7 } from "uuid";

export const newUserId = (): UserId => v7() as UserId;
export const newOrganizationId = (): OrganizationId => v7() as OrganizationId;
export const newRoleId = (): RoleId => v7() as RoleId;
export const newChannelId = (): ChannelId => v7() as ChannelId;
export const newSessionId = (): SessionId => v7() as SessionId;
export const newAclEntryId = (): AclEntryId => v7() as AclEntryId;
export const newBanId = (): BanId => v7() as BanId;
export const newInviteId = (): InviteId => v7() as InviteId;
export const newAuditEventId = (): AuditEventId => v7() as AuditEventId;
