/** One organisation as its members manage it: every call of the API's groups for it, checked by its schema. */
import { auditLogPageSchema, auditVerifyResponseSchema } from "@parley/contract/audit-log";
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
import { nothing } from "./http-client.ts";
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

  read = () => this.client.request("GET", this.#path(""), organizationDetailSchema);
  update = (change: { name?: string; tag?: string }) =>
    this.client.request("PATCH", this.#path(""), organizationDetailSchema, change);
  remove = () => this.client.request("DELETE", this.#path(""), nothing);
  transfer = (userId: UserId) => this.client.request("POST", this.#path("/transfer"), nothing, { userId });
  usage = () => this.client.request("GET", this.#path("/usage"), usageResponseSchema);

  members = (query: Query = {}) =>
    this.client.request("GET", this.#path("/members", query), membersPageSchema);
  updateMember = (id: UserId, change: { nickname?: string | null }) =>
    this.client.request("PATCH", this.#path(`/members/${id}`), memberSchema, change);
  /** One role alone, whatever others do to their roles at the same time. */
  setMemberRole = (id: UserId, roleId: RoleId, held: boolean) =>
    this.client.request(held ? "PUT" : "DELETE", this.#path(`/members/${id}/roles/${roleId}`), memberSchema);
  /** Also leaves, with one's own id. */
  kick = (id: UserId) => this.client.request("DELETE", this.#path(`/members/${id}`), nothing);
  /** Null seconds ban for good. */
  ban = (id: UserId, reason: string, durationSeconds: number | null) =>
    this.client.request("PUT", this.#path(`/members/${id}/ban`), nothing, { reason, durationSeconds });
  unban = (id: UserId) => this.client.request("DELETE", this.#path(`/members/${id}/ban`), nothing);
  bans = (query: Query = {}) => this.client.request("GET", this.#path("/bans", query), bansPageSchema);
  timeOut = (id: UserId, durationSeconds: number, reason: string) =>
    this.client.request("PUT", this.#path(`/members/${id}/timeout`), nothing, { durationSeconds, reason });
  endTimeOut = (id: UserId) => this.client.request("DELETE", this.#path(`/members/${id}/timeout`), nothing);

  roles = async () => (await this.client.request("GET", this.#path("/roles"), rolesResponseSchema)).roles;
  createRole = (name: string, permissions: bigint) =>
    this.client.request("POST", this.#path("/roles"), roleSchema, {
      name,
      permissions: permissions.toString(),
    });
  /** `version` is that of the role as it was read. */
  updateRole = (id: RoleId, name: string, permissions: bigint, version: string) => {
    const body = { name, permissions: permissions.toString() };
    return this.client.request("PATCH", this.#path(`/roles/${id}`), roleSchema, body, version);
  };
  removeRole = (id: RoleId) => this.client.request("DELETE", this.#path(`/roles/${id}`), nothing);
  /** The lowest first, without `everyone`. */
  reorderRoles = (roleIds: readonly RoleId[]) =>
    this.client.request("PUT", this.#path("/roles/order"), rolesResponseSchema, { roleIds });

  invites = async () =>
    (await this.client.request("GET", this.#path("/invites"), invitesResponseSchema)).invites;
  createInvite = (request: { expiresInSeconds?: number; usesMax?: number | null }) =>
    this.client.request("POST", this.#path("/invites"), createdInviteSchema, request);
  revokeInvite = (id: InviteId) => this.client.request("DELETE", this.#path(`/invites/${id}`), nothing);

  createChannel = (request: { name: string; parentId: ChannelId | null; password?: string }) =>
    this.client.request("POST", this.#path("/channels"), channelDetailSchema, request);
  updateChannel = (id: ChannelId, change: ChannelChange) =>
    this.client.request("PATCH", this.#path(`/channels/${id}`), channelDetailSchema, change);
  moveChannel = (id: ChannelId, place: { parentId: ChannelId | null; afterId: ChannelId | null }) =>
    this.client.request("POST", this.#path(`/channels/${id}/move`), channelDetailSchema, place);
  removeChannel = (id: ChannelId, cascade: boolean) =>
    this.client.request("DELETE", this.#path(`/channels/${id}`, { cascade: String(cascade) }), nothing);
  setChannelPassword = (id: ChannelId, password: string | null, everyoneOut = false) =>
    password === null
      ? this.client.request("DELETE", this.#path(`/channels/${id}/password`), nothing)
      : this.client.request("PUT", this.#path(`/channels/${id}/password`), nothing, {
          password,
          everyoneOut,
        });
  channelAcl = (id: ChannelId) =>
    this.client.request("GET", this.#path(`/channels/${id}/acl`), channelAclResponseSchema);
  /** `version` is that of the entries as they were read. */
  replaceChannelAcl = (id: ChannelId, { inherit, entries }: ChannelAcl, version: string) => {
    const path = this.#path(`/channels/${id}/acl`);
    return this.client.request("PUT", path, channelAclResponseSchema, { inherit, entries }, version);
  };
  inspect = (id: ChannelId, userId: UserId) =>
    this.client.request("GET", this.#path(`/channels/${id}/permissions/${userId}`), inspectionSchema);

  auditLog = (query: Query = {}) =>
    this.client.request("GET", this.#path("/audit-log", query), auditLogPageSchema);
  verifyAuditLog = () =>
    this.client.request("GET", this.#path("/audit-log/verify"), auditVerifyResponseSchema);

  #path(rest: string, query: Query = {}): string {
    const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
    const search = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
    return `/v1/orgs/${this.id}${rest}${search}`;
  }
}

export const createOrganization = (client: VoiceClient, request: { name: string; tag: string }) =>
  client.request("POST", "/v1/orgs", organizationDetailSchema, request);

/** Where an invite leads; needs no log-in. */
export const previewInvite = (client: VoiceClient, code: string) =>
  client.request("GET", `/v1/invites/${code}`, invitePreviewSchema);

export const acceptInvite = async (client: VoiceClient, code: string) => {
  const path = `/v1/invites/${code}/accept`;
  const { organization } = await client.request("POST", path, acceptInviteResponseSchema);
  return organization;
};
