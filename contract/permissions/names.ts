/** Each permission in the words that people read: for the role editor, the inspector and refusals. */
import * as Bits from "./bits.ts";

export interface PermissionName {
  bit: bigint;
  /** The constant's name, stable: for audit rows and translations. */
  key: string;
  /** `organization` for what only roles give, `channel` for what a channel's entries can change too. */
  scope: "channel" | "organization";
  name: string;
  description: string;
}

type Row = [key: string, bit: bigint, name: string, description: string];

const channelRows: Row[] = [
  ["VIEW", Bits.VIEW, "See the channel", "See that the channel exists and who is in it."],
  ["CONNECT", Bits.CONNECT, "Connect", "Enter the channel and hear the others."],
  ["SPEAK", Bits.SPEAK, "Speak", "Be heard in the channel."],
  ["TEXT", Bits.TEXT, "Write messages", "Send text messages in the channel."],
  ["WHISPER", Bits.WHISPER, "Whisper", "Speak to chosen people only."],
  ["PRIORITY_SPEAKER", Bits.PRIORITY_SPEAKER, "Priority speaker", "Be heard above the others."],
  ["MUTE_MEMBERS", Bits.MUTE_MEMBERS, "Mute members", "Stop others from being heard here."],
  ["DEAFEN_MEMBERS", Bits.DEAFEN_MEMBERS, "Deafen members", "Stop others from hearing this channel."],
  ["MOVE_MEMBERS", Bits.MOVE_MEMBERS, "Move members", "Move others between channels or disconnect them."],
  ["RECORD", Bits.RECORD, "Record", "Record what is said in the channel."],
  [
    "MANAGE_CHANNEL",
    Bits.MANAGE_CHANNEL,
    "Manage the channel",
    "Edit or delete the channel, set its password and permissions, and create channels below it.",
  ],
  ["BYPASS_LIMIT", Bits.BYPASS_LIMIT, "Enter full channels", "Enter a channel that has reached its limit."],
];

const organizationRows: Row[] = [
  ["MANAGE_ORG", Bits.MANAGE_ORG, "Manage the organisation", "Change its name and settings."],
  ["MANAGE_ROLES", Bits.MANAGE_ROLES, "Manage roles", "Create, edit and assign roles below their own."],
  ["KICK_MEMBERS", Bits.KICK_MEMBERS, "Kick members", "Remove members or give them a time-out."],
  ["BAN_MEMBERS", Bits.BAN_MEMBERS, "Ban members", "Remove members for good, and lift bans."],
  ["CREATE_INVITE", Bits.CREATE_INVITE, "Invite people", "Create links by which people join."],
  ["VIEW_AUDIT_LOG", Bits.VIEW_AUDIT_LOG, "Read the audit log", "See who changed what and when."],
  ["MANAGE_NICKNAMES", Bits.MANAGE_NICKNAMES, "Manage nicknames", "Change the nicknames of others."],
  [
    "ADMINISTRATOR",
    Bits.ADMINISTRATOR,
    "Administrator",
    "Do everything, in every channel. Nothing in a channel's settings takes it away.",
  ],
];

const toName =
  (scope: PermissionName["scope"]) =>
  ([key, bit, name, description]: Row): PermissionName => ({ bit, key, scope, name, description });

/** All permissions, channel ones first, in the order in which editors show them. */
export const PERMISSION_NAMES: readonly PermissionName[] = [
  ...channelRows.map(toName("channel")),
  ...organizationRows.map(toName("organization")),
];

/** The permissions whose bits are set. */
export const namesOf = (bits: bigint): PermissionName[] =>
  PERMISSION_NAMES.filter(({ bit }) => (bits & bit) !== 0n);
