/**
 * A second implementation of permissions.md, to hold the first against: one bit at a time, from the channel
 * upwards, as questions with yes or no. Slow and plain on purpose; it shares nothing with the first but types.
 */
import type { ChannelId } from "../ids.ts";
import * as P from "../permissions.ts";

const BITS = Array.from({ length: 31 }, (_, n) => 1n << BigInt(n)).filter((bit) => (P.ALL & bit) !== 0n);
const VOICE = [
  P.SPEAK,
  P.WHISPER,
  P.PRIORITY_SPEAKER,
  P.MUTE_MEMBERS,
  P.DEAFEN_MEMBERS,
  P.MOVE_MEMBERS,
  P.RECORD,
];

export function naiveEffective(
  organization: P.OrganizationRights,
  member: P.Member,
  channelId: ChannelId,
): bigint {
  return BITS.filter((bit) => holds(organization, member, channelId, bit)).reduce(
    (sum, bit) => sum + bit,
    0n,
  );
}

function holds(org: P.OrganizationRights, member: P.Member, channelId: ChannelId, bit: bigint): boolean {
  if (member.status !== "active") return false;
  if (member.isOwner || roleGives(org, member, P.ADMINISTRATOR)) return true;
  if (!sees(org, member, channelId)) return false;
  if (member.timedOut) return bit === P.VIEW;
  if (bit >= 1n << 16n) return roleGives(org, member, bit);
  if (VOICE.includes(bit) && !saidHere(org, member, channelId, P.CONNECT)) return false;
  return saidHere(org, member, channelId, bit);
}

const roleGives = (org: P.OrganizationRights, member: P.Member, bit: bigint): boolean =>
  org.roles.some(
    (role) => (role.isEveryone || member.roleIds.has(role.id)) && (role.permissions & bit) !== 0n,
  );

function sees(org: P.OrganizationRights, member: P.Member, channelId: ChannelId): boolean {
  const { parentId } = channelOf(org, channelId);
  return (parentId === null || sees(org, member, parentId)) && saidHere(org, member, channelId, P.VIEW);
}

const channelOf = (org: P.OrganizationRights, channelId: ChannelId): P.ChannelNode =>
  org.channels.find(({ id }) => id === channelId) as P.ChannelNode;

function saidHere(org: P.OrganizationRights, member: P.Member, channelId: ChannelId, bit: bigint): boolean {
  const own = org.entries.filter((entry) => entry.channelId === channelId);
  return lastWord(org, member, own, bit) ?? arrives(org, member, channelId, bit);
}

/** What a channel starts with: what its parent passes on, or what roles give. */
function arrives(org: P.OrganizationRights, member: P.Member, channelId: ChannelId, bit: bigint): boolean {
  const { parentId, inherit } = channelOf(org, channelId);
  if (parentId === null || !inherit) return roleGives(org, member, bit);
  const passedOn = org.entries.filter((entry) => entry.channelId === parentId && entry.appliesTo !== "here");
  return lastWord(org, member, passedOn, bit) ?? arrives(org, member, parentId, bit);
}

/** The user's own entry before roles, any role's allow before a role's deny, roles before everyone. */
function lastWord(
  org: P.OrganizationRights,
  member: P.Member,
  entries: readonly P.AclEntry[],
  bit: bigint,
): boolean | undefined {
  const everyoneId = org.roles.find((role) => role.isEveryone)?.id;
  const user = entries.filter(({ subject }) => subject.type === "user" && subject.id === member.userId);
  const roles = entries.filter(
    ({ subject }) => subject.type === "role" && subject.id !== everyoneId && member.roleIds.has(subject.id),
  );
  const all = entries.filter(({ subject }) => subject.id === everyoneId);
  for (const group of [user, roles, all]) {
    if (group.some(({ allow }) => (allow & bit) !== 0n)) return true;
    if (group.some(({ deny }) => (deny & bit) !== 0n)) return false;
  }
  return undefined;
}
