/** What a caller hears when a constraint, the last judge of every race, refuses their change. */
import { AppError, type ErrorCode } from "@parley/contract/errors";
import { constraintOf, sqlState } from "./failure.ts";

const CODES: Record<string, ErrorCode> = {
  users_username_key_unique: "name_taken",
  // Deleted in the very moment in which its tokens were used.
  sessions_user_id_users_id_fk: "unauthenticated",
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
  channels_no_cycle: "channel_cycle",
  channels_not_own_parent: "channel_cycle",
  channels_depth: "channel_too_deep",
  roles_everyone_stays: "forbidden",
  // Another tenant's id, or one that went in the meantime: both are nothing to the caller.
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
  const code = CODES[constraintOf(error) ?? ""];
  const isViolation = sqlState(error)?.startsWith("23");
  return code !== undefined && isViolation ? new AppError(code, { cause: error }) : undefined;
}
