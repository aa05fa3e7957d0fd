/**
 * The inspector: why a member has a permission in a channel, or hasn't. The reasons of a bit stand in the order
 * in which they apply, each gives or takes it, and the last one decides; a bit without reasons was never given.
 */
import type { ChannelId, RoleId } from "../ids.ts";
import { ADMINISTRATOR, CHANNEL_BITS, CONNECT, CONNECTED_BITS, has, VIEW } from "./bits.ts";
import { effective, heldRoles } from "./effective.ts";
import type { AclEntry, AclSubject, ChannelNode, Member, OrganizationRights, Role } from "./model.ts";
import { PERMISSION_NAMES } from "./names.ts";
import { pathTo } from "./tree.ts";

export type Reason = { effect: "give" | "take" } & (
  | { kind: "owner" | "not_a_member" | "banned" | "timed_out" }
  /** A role's own permissions; `administrator` for one that holds everything. */
  | { kind: "role" | "administrator"; roleId: RoleId }
  | { kind: "entry"; channelId: ChannelId; subject: AclSubject; appliesTo: AclEntry["appliesTo"] }
  /** The channel doesn't inherit: back to what roles give. */
  | { kind: "not_inherited"; channelId: ChannelId }
  /** The channel, or this one above it, can't be seen; so nothing is left. */
  | { kind: "view_missing"; channelId: ChannelId }
  | { kind: "connect_missing"; channelId: ChannelId }
);

export interface BitExplanation {
  bit: bigint;
  granted: boolean;
  reasons: Reason[];
}

export interface Explanation {
  permissions: bigint;
  /** One for each permission there is, in the order of `PERMISSION_NAMES`. */
  bits: BitExplanation[];
}

/** Throws when the channel isn't among `organization.channels`. */
export function explain(organization: OrganizationRights, member: Member, channelId: ChannelId): Explanation {
  const permissions = effective(organization, member, channelId);
  const held = heldRoles(organization.roles, member);
  const fixed = fixedReasons(member, held);
  const steps = fixed ?? stepsOf(organization, member, held, pathTo(organization.channels, channelId));
  const bits = PERMISSION_NAMES.map(({ bit }) => ({
    bit,
    granted: has(permissions, bit),
    reasons: steps.flatMap((step) => step(bit)),
  }));
  return { permissions, bits };
}

/** What one step of the algorithm says about a bit. */
type Step = (bit: bigint) => Reason[];

const always =
  (reason: Reason): Step =>
  () => [reason];

/** Where no channel counts: outsiders, the owner and administrators. */
function fixedReasons(member: Member, held: readonly Role[]): Step[] | undefined {
  if (member.status === "banned") return [always({ kind: "banned", effect: "take" })];
  if (member.status === "none") return [always({ kind: "not_a_member", effect: "take" })];
  if (member.isOwner) return [always({ kind: "owner", effect: "give" })];
  const administrators = held.filter((role) => has(role.permissions, ADMINISTRATOR));
  if (administrators.length === 0) return undefined;
  return administrators.map(({ id }) => always({ kind: "administrator", roleId: id, effect: "give" }));
}

function stepsOf(
  organization: OrganizationRights,
  member: Member,
  held: readonly Role[],
  path: readonly ChannelNode[],
): Step[] {
  const base = held.reduce((sum, role) => sum | role.permissions, 0n);
  const steps: Step[] = held.map(({ id, permissions }) => givenBy(permissions, { kind: "role", roleId: id }));
  for (const [level, channel] of path.entries()) {
    if (!channel.inherit && level > 0) steps.push(resetTo(base, channel.id));
    const sees = has(
      effective({ ...organization, channels: path }, { ...member, timedOut: false }, channel.id),
      VIEW,
    );
    // Entries for a channel above alone don't reach this one, unless they stop the way to it.
    const isLast = level === path.length - 1 || !sees;
    const entries = organization.entries.filter(
      (entry) => entry.channelId === channel.id && (isLast || entry.appliesTo === "here_and_below"),
    );
    steps.push(...layerSteps(entries, member, held));
    if (!sees) return [...steps, always({ kind: "view_missing", channelId: channel.id, effect: "take" })];
  }
  const last = path.at(-1) as ChannelNode;
  const unmasked = effective(organization, { ...member, timedOut: false }, last.id);
  if (!has(unmasked, CONNECT)) {
    steps.push(takenFrom(CONNECTED_BITS, { kind: "connect_missing", channelId: last.id }));
  }
  if (member.timedOut) steps.push(takenFrom(~VIEW, { kind: "timed_out" }));
  return steps;
}

/** Everyone's entry, then what roles take, then what roles give, then the member's own entry. */
function layerSteps(entries: readonly AclEntry[], member: Member, held: readonly Role[]): Step[] {
  const forRole = (isEveryone: boolean) =>
    entries.filter(({ subject }) =>
      held.some(
        (role) => role.isEveryone === isEveryone && subject.type === "role" && subject.id === role.id,
      ),
    );
  const forUser = entries.filter(({ subject }) => subject.type === "user" && subject.id === member.userId);
  return [forRole(true), forRole(false), forUser].flatMap((group) => [
    ...group.map((entry) => fromEntry(entry, "take")),
    ...group.map((entry) => fromEntry(entry, "give")),
  ]);
}

function fromEntry({ channelId, subject, appliesTo, allow, deny }: AclEntry, effect: Reason["effect"]): Step {
  const bits = (effect === "give" ? allow : deny) & CHANNEL_BITS;
  return (bit) => (has(bits, bit) ? [{ kind: "entry", channelId, subject, appliesTo, effect }] : []);
}

const givenBy =
  (bits: bigint, reason: { kind: "role"; roleId: RoleId }): Step =>
  (bit) =>
    has(bits, bit) ? [{ ...reason, effect: "give" }] : [];

const takenFrom =
  (bits: bigint, reason: { kind: "connect_missing"; channelId: ChannelId } | { kind: "timed_out" }): Step =>
  (bit) =>
    has(bits, bit) ? [{ ...reason, effect: "take" }] : [];

/** Says nothing of organisation bits, which channels never change. */
const resetTo =
  (base: bigint, channelId: ChannelId): Step =>
  (bit) =>
    has(CHANNEL_BITS, bit)
      ? [{ kind: "not_inherited", channelId, effect: has(base, bit) ? "give" : "take" }]
      : [];
