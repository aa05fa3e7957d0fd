/** One organisation as its members manage it: every call of the API's groups for it, checked by its schema. */
import {
  type AuditVerifyResponse,
  auditLogPageSchema,
  auditVerifyResponseSchema,
} from "@parley/contract/audit-log";
import { bansPageSchema } from "@parley/contract/bans";
import { type ChannelAcl, channelAclResponseSchema } from "@parley/contract/channel-acl";
import { channelDetailSchema } from "@parley/contract/channels";
import type { ChannelId, InviteId, OrganizationId, RoleId, UserId } from "@parley/contract/ids";
import { inspectionSchema } from "@parley/contract/inspection";
import {
  acceptInviteResponseSchema,
  createdInviteSchema,
  invitePreviewSchema,
  invitesResponseSchema,
} from "@parley/contract/invites";
import { memberSchema, membersPageSchema } from "@parley/contract/members";
import { organizationDetailSchema, usageResponseSchema } from "@parley/contract/organizations";
import { roleSchema, rolesResponseSchema } from "@parley/contract/roles";
import { apiRequest, nothing } from "./api-request.ts";
import type { VoiceClient } from "./voice-client.ts";

type Query = Record<string, string | undefined>;

export interface ChannelChange {
  name?: string;
  topic?: string;
  userLimit?: number;
  bitrateBps?: number | null;
}

export class OrganizationClient {
  readonly id: OrganizationId;
  /** Whoever is logged in. */
  readonly client: VoiceClient;

  constructor(client: VoiceClient, id: OrganizationId) {
    this.client = client;
    this.id = id;
  }

  read = () =>
    this.client.request(
      apiRequest("GET", "/v1/orgs/{org}", { params: { org: this.id } }),
      organizationDetailSchema,
    );
  update = (change: { name?: string; tag?: string }) =>
    this.client.request(
      apiRequest("PATCH", "/v1/orgs/{org}", { params: { org: this.id }, body: change }),
      organizationDetailSchema,
    );
  remove = () =>
    this.client.request(apiRequest("DELETE", "/v1/orgs/{org}", { params: { org: this.id } }), nothing);
  transfer = (userId: UserId) =>
    this.client.request(
      apiRequest("POST", "/v1/orgs/{org}/transfer", { params: { org: this.id }, body: { userId } }),
      nothing,
    );
  usage = () =>
    this.client.request(
      apiRequest("GET", "/v1/orgs/{org}/usage", { params: { org: this.id } }),
      usageResponseSchema,
    );

  members = (query: Query = {}) =>
    this.client.request(
      apiRequest("GET", "/v1/orgs/{org}/members", { params: { org: this.id }, query }),
      membersPageSchema,
    );
  updateMember = (id: UserId, change: { nickname?: string | null }) =>
    this.client.request(
      apiRequest("PATCH", "/v1/orgs/{org}/members/{user}", {
        params: { org: this.id, user: id },
        body: change,
      }),
      memberSchema,
    );
  /** One role alone, whatever others do to their roles at the same time. */
  setMemberRole = (id: UserId, roleId: RoleId, held: boolean) =>
    this.client.request(
      apiRequest(held ? "PUT" : "DELETE", "/v1/orgs/{org}/members/{user}/roles/{role}", {
        params: { org: this.id, user: id, role: roleId },
      }),
      memberSchema,
    );
  /** Also leaves, with one's own id. */
  kick = (id: UserId) =>
    this.client.request(
      apiRequest("DELETE", "/v1/orgs/{org}/members/{user}", { params: { org: this.id, user: id } }),
      nothing,
    );
  /** Null seconds ban for good. */
  ban = (id: UserId, reason: string, durationSeconds: number | null) =>
    this.client.request(
      apiRequest("PUT", "/v1/orgs/{org}/members/{user}/ban", {
        params: { org: this.id, user: id },
        body: { reason, durationSeconds },
      }),
      nothing,
    );
  unban = (id: UserId) =>
    this.client.request(
      apiRequest("DELETE", "/v1/orgs/{org}/members/{user}/ban", { params: { org: this.id, user: id } }),
      nothing,
    );
  bans = (query: Query = {}) =>
    this.client.request(
      apiRequest("GET", "/v1/orgs/{org}/bans", { params: { org: this.id }, query }),
      bansPageSchema,
    );
  timeOut = (id: UserId, durationSeconds: number, reason: string) =>
    this.client.request(
      apiRequest("PUT", "/v1/orgs/{org}/members/{user}/timeout", {
        params: { org: this.id, user: id },
        body: { durationSeconds, reason },
      }),
      nothing,
    );
  endTimeOut = (id: UserId) =>
    this.client.request(
      apiRequest("DELETE", "/v1/orgs/{org}/members/{user}/timeout", { params: { org: this.id, user: id } }),
      nothing,
    );

  roles = async () =>
    (
      await this.client.request(
        apiRequest("GET", "/v1/orgs/{org}/roles", { params: { org: this.id } }),
        rolesResponseSchema,
      )
    ).roles;
  createRole = (name: string, permissions: bigint) =>
    this.client.request(
      apiRequest("POST", "/v1/orgs/{org}/roles", {
        params: { org: this.id },
        body: {
          name,
          permissions: permissions.toString(),
        },
      }),
      roleSchema,
    );
  /** `version` is that of the role as it was read. */
  updateRole = (id: RoleId, name: string, permissions: bigint, version: string) =>
    this.client.request(
      apiRequest("PATCH", "/v1/orgs/{org}/roles/{role}", {
        params: { org: this.id, role: id },
        body: { name, permissions: permissions.toString() },
        ifMatch: version,
      }),
      roleSchema,
    );
  removeRole = (id: RoleId) =>
    this.client.request(
      apiRequest("DELETE", "/v1/orgs/{org}/roles/{role}", { params: { org: this.id, role: id } }),
      nothing,
    );
  /** The lowest first, without `everyone`. */
  reorderRoles = (roleIds: readonly RoleId[]) =>
    this.client.request(
      apiRequest("PUT", "/v1/orgs/{org}/roles/order", { params: { org: this.id }, body: { roleIds } }),
      rolesResponseSchema,
    );

  invites = async () =>
    (
      await this.client.request(
        apiRequest("GET", "/v1/orgs/{org}/invites", { params: { org: this.id } }),
        invitesResponseSchema,
      )
    ).invites;
  createInvite = (request: { expiresInSeconds?: number; usesMax?: number | null }) =>
    this.client.request(
      apiRequest("POST", "/v1/orgs/{org}/invites", { params: { org: this.id }, body: request }),
      createdInviteSchema,
    );
  revokeInvite = (id: InviteId) =>
    this.client.request(
      apiRequest("DELETE", "/v1/orgs/{org}/invites/{invite}", { params: { org: this.id, invite: id } }),
      nothing,
    );

  createChannel = (request: { name: string; parentId: ChannelId | null; password?: string }) =>
    this.client.request(
      apiRequest("POST", "/v1/orgs/{org}/channels", { params: { org: this.id }, body: request }),
      channelDetailSchema,
    );
  updateChannel = (id: ChannelId, change: ChannelChange) =>
    this.client.request(
      apiRequest("PATCH", "/v1/orgs/{org}/channels/{channel}", {
        params: { org: this.id, channel: id },
        body: change,
      }),
      channelDetailSchema,
    );
  moveChannel = (id: ChannelId, place: { parentId: ChannelId | null; afterId: ChannelId | null }) =>
    this.client.request(
      apiRequest("POST", "/v1/orgs/{org}/channels/{channel}/move", {
        params: { org: this.id, channel: id },
        body: place,
      }),
      channelDetailSchema,
    );
  removeChannel = (id: ChannelId, cascade: boolean) =>
    this.client.request(
      apiRequest("DELETE", "/v1/orgs/{org}/channels/{channel}", {
        params: { org: this.id, channel: id },
        query: { cascade: cascade ? "true" : "false" },
      }),
      nothing,
    );
  setChannelPassword = (id: ChannelId, password: string | null, everyoneOut = false) =>
    password === null
      ? this.client.request(
          apiRequest("DELETE", "/v1/orgs/{org}/channels/{channel}/password", {
            params: { org: this.id, channel: id },
          }),
          nothing,
        )
      : this.client.request(
          apiRequest("PUT", "/v1/orgs/{org}/channels/{channel}/password", {
            params: { org: this.id, channel: id },
            body: { password, everyoneOut },
          }),
          nothing,
        );
  channelAcl = (id: ChannelId) =>
    this.client.request(
      apiRequest("GET", "/v1/orgs/{org}/channels/{channel}/acl", { params: { org: this.id, channel: id } }),
      channelAclResponseSchema,
    );
  /** `version` is that of the entries as they were read. */
  replaceChannelAcl = (id: ChannelId, { inherit, entries }: ChannelAcl, version: string) =>
    this.client.request(
      apiRequest("PUT", "/v1/orgs/{org}/channels/{channel}/acl", {
        params: { org: this.id, channel: id },
        body: { inherit, entries },
        ifMatch: version,
      }),
      channelAclResponseSchema,
    );
  inspect = (id: ChannelId, userId: UserId) =>
    this.client.request(
      apiRequest("GET", "/v1/orgs/{org}/channels/{channel}/permissions/{user}", {
        params: { org: this.id, channel: id, user: userId },
      }),
      inspectionSchema,
    );

  auditLog = (query: Query = {}) =>
    this.client.request(
      apiRequest("GET", "/v1/orgs/{org}/audit-log", { params: { org: this.id }, query }),
      auditLogPageSchema,
    );
  /** Part by part, to its end or to where it is broken. */
  verifyAuditLog = async (): Promise<Omit<AuditVerifyResponse, "nextCursor">> => {
    let query: Query = {};
    for (;;) {
      const { nextCursor, ...part } = await this.client.request(
        apiRequest("GET", "/v1/orgs/{org}/audit-log/verify", { params: { org: this.id }, query }),
        auditVerifyResponseSchema,
      );
      if (nextCursor === null) return part;
      query = { cursor: nextCursor };
    }
  };
}

export const createOrganization = (client: VoiceClient, request: { name: string; tag: string }) =>
  client.request(apiRequest("POST", "/v1/orgs", { body: request }), organizationDetailSchema);

/** Where an invite leads; needs no log-in. */
export const previewInvite = (client: VoiceClient, code: string) =>
  client.request(apiRequest("GET", "/v1/invites/{code}", { params: { code } }), invitePreviewSchema);

export const acceptInvite = async (client: VoiceClient, code: string) => {
  const { organization } = await client.request(
    apiRequest("POST", "/v1/invites/{code}/accept", { params: { code } }),
    acceptInviteResponseSchema,
  );
  return organization;
};
