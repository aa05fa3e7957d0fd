/** Makers of ids: UUID version 7, so that rows made later sort later and indexes grow at one end. */
import type { ChannelId, OrganizationId, RoleId, SessionId, UserId } from "@parley/contract/ids";
import { v7 } from "uuid";

export const newUserId = (): UserId => v7() as UserId;
export const newOrganizationId = (): OrganizationId => v7() as OrganizationId;
export const newRoleId = (): RoleId => v7() as RoleId;
export const newChannelId = (): ChannelId => v7() as ChannelId;
export const newSessionId = (): SessionId => v7() as SessionId;
