/** Permission bits. BigInt in code, decimal strings on the wire, `bigint` in Postgres (63 usable bits). */
import { z } from "zod";

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

/** Bits that a channel's entries can give and take. */
export const CHANNEL_BITS = (1n << 12n) - 1n;
/** Bits that only roles give: a channel's entry that names them is ignored there. */
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
/** What nobody can use in a channel that they can't connect to. */
export const CONNECTED_BITS =
  SPEAK | WHISPER | PRIORITY_SPEAKER | MUTE_MEMBERS | DEAFEN_MEMBERS | MOVE_MEMBERS | RECORD;

/** Whether all of `bits` are held. */
export const has = (permissions: bigint, bits: bigint): boolean => (permissions & bits) === bits;

// A decimal without sign, point, exponent or leading zero; 19 digits hold every 63-bit number.
const DECIMAL = /^(0|[1-9]\d{0,18})$/;

/** Bits in a request: a decimal string in, a bigint out. Refuses what isn't one and bits that don't exist. */
export const permissionBitsSchema = z
  .string()
  .regex(DECIMAL, "not_decimal")
  .transform((text, context) => {
    const bits = BigInt(text);
    if ((bits & ~ALL) !== 0n) context.addIssue({ code: "custom", message: "unknown_bit" });
    return bits;
  });

/** Bits in a response: a decimal string. A client ignores bits that it doesn't know. */
export const permissionTextSchema = z.string().regex(DECIMAL);
