/** What a caller hears when a constraint, the last judge of every race, refuses their change. */
import { AppError, type ErrorCode } from "@parley/contract/errors";
import { constraintOf, sqlState } from "./failure.ts";

export const constraintCodes: Record<string, ErrorCode> = {
  users_username_key_unique: "name_taken",
  users_email_key_unique: "email_taken",
  organizations_tag_unique: "name_taken",
  roles_name_unique: "name_taken",
  channels_name_unique: "name_taken",
  organizations_members_quota: "quota_exceeded",
  organizations_channels_quota: "quota_exceeded",
  organizations_roles_quota: "quota_exceeded",
  channel_acl_entries_quota: "quota_exceeded",
  organizations_owner: "owner_must_transfer",
  memberships_owner_active: "owner_must_transfer",
  organizations_owner_active: "not_found",
  channel_acl_channel_role: "validation_failed",
  channel_acl_channel_user: "validation_failed",
  channels_no_cycle: "channel_cycle",
  channels_not_own_parent: "channel_cycle",
  channels_depth: "channel_too_deep",
  roles_everyone_stays: "forbidden",
  // Another tenant's id, or one that went in the meantime: both are nothing to the caller.
  memberships_user_id_users_id_fk: "not_found",
  memberships_org_id_organizations_id_fk: "not_found",
  roles_org_id_organizations_id_fk: "not_found",
  channels_org_id_organizations_id_fk: "not_found",
  invites_org_id_organizations_id_fk: "not_found",
  sessions_user_id_users_id_fk: "not_found",
  email_tokens_user_id_users_id_fk: "not_found",
  totp_secrets_user_id_users_id_fk: "not_found",
  recovery_codes_user_id_users_id_fk: "not_found",
  passkeys_user_id_users_id_fk: "not_found",
  passkey_challenges_user_id_users_id_fk: "not_found",
  idempotency_keys_user_id_users_id_fk: "not_found",
  channels_parent: "not_found",
  channel_acl_channel: "not_found",
  channel_acl_role: "not_found",
  channel_acl_user_id_users_id_fk: "not_found",
  user_roles_membership: "not_found",
  user_roles_role: "not_found",
  bans_membership: "not_found",
  invites_role: "not_found",
  voice_rooms_channel: "not_found",
};

/** The expected failure behind a refused row; undefined for every other error. */
export function constraintError(error: unknown): AppError | undefined {
  const code = constraintCodes[constraintOf(error) ?? ""];
  const isViolation = sqlState(error)?.startsWith("23");
  return code !== undefined && isViolation ? new AppError(code, { cause: error }) : undefined;
}
