/** Permission bits. BigInt in code, decimal strings on the wire, `bigint` in Postgres (63 usable bits). */

export const VIEW = 1n << 0n;
export const CONNECT = 1n << 1n;
export const SPEAK = 1n << 2n;
export const TEXT = 1n << 3n;
export const WHISPER = 1n << 4n;
export const PRIORITY_SPEAKER = 1n << 5n;
export const MUTE_MEMBERS = 1n << 6n;
export const DEAFEN_MEMBERS = 1n << 7n;
export const MOVE_MEMBERS = 1n << 8n;
export const RECORD = 1n << 9n;
export const MANAGE_CHANNEL = 1n << 10n;
export const BYPASS_LIMIT = 1n << 11n;
export const MANAGE_ORG = 1n << 16n;
export const MANAGE_ROLES = 1n << 17n;
export const KICK_MEMBERS = 1n << 18n;
export const BAN_MEMBERS = 1n << 19n;
export const CREATE_INVITE = 1n << 20n;
export const VIEW_AUDIT_LOG = 1n << 21n;
export const MANAGE_NICKNAMES = 1n << 22n;
export const ADMINISTRATOR = 1n << 30n;

export const CHANNEL_BITS = (1n << 12n) - 1n;
export const ORG_ONLY_BITS =
  MANAGE_ORG |
  MANAGE_ROLES |
  KICK_MEMBERS |
  BAN_MEMBERS |
  CREATE_INVITE |
  VIEW_AUDIT_LOG |
  MANAGE_NICKNAMES |
  ADMINISTRATOR;
export const ALL = CHANNEL_BITS | ORG_ONLY_BITS;

export const has = (permissions: bigint, bit: bigint): boolean => (permissions & bit) === bit;

/** What a member holds before any channel's entries: the owner and administrators hold everything. */
export function basePermissions(member: { isOwner: boolean; roles: readonly bigint[] }): bigint {
  if (member.isOwner) return ALL;
  const held = member.roles.reduce((sum, role) => sum | role, 0n);
  return has(held, ADMINISTRATOR) ? ALL : held & ALL;
}
