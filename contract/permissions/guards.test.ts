import { describe, expect, test } from "vitest";
import type { ChannelId, RoleId, UserId } from "../ids.ts";
import * as P from "../permissions.ts";
import {
  channel,
  EVERYONE,
  everyone,
  forRole,
  forUser,
  member,
  rights,
  role,
} from "../testing/organization.ts";

const { VIEW: V, CONNECT: C, SPEAK: S, RECORD: R } = P;
const MANAGER_BITS = V | C | S | P.MANAGE_CHANNEL | P.MANAGE_ROLES | P.KICK_MEMBERS | P.MOVE_MEMBERS;

// Highest last: everyone 0, low 1, peer and mod share 2 and 3, top 4, admin 5.
const ROLES = [
  everyone(V | C | S),
  role("low", 1, 0n),
  role("recorder", 2, R),
  role("mod", 3, MANAGER_BITS),
  role("top", 4, 0n),
  role("admin", 5, P.ADMINISTRATOR),
];
const owner = member("owner", [], { isOwner: true });
const mod = member("mod", ["mod"]);
const peer = member("peer", ["mod"]);
const bob = member("bob", ["low"]);
const tess = member("tess", ["top"]);
const admin = member("admin", ["admin"]);
const MEMBERS = [owner, mod, peer, bob, tess, admin];

const CHANNELS = [channel("p"), channel("c", "p"), channel("q")];

interface Question {
  actor?: P.Member;
  channels?: P.ChannelNode[];
  entries?: P.AclEntry[];
  roles?: P.Role[];
  members?: P.Member[];
  change: P.Change;
}

const ask = ({
  actor = mod,
  channels = CHANNELS,
  entries = [],
  roles = ROLES,
  members = MEMBERS,
  change,
}: Question) => P.findRefusal({ rights: rights(roles, channels, entries), members }, actor, change);

const update = (roleId: string, permissions: bigint): P.Change => ({
  kind: "role_update",
  roleId: roleId as RoleId,
  permissions,
});
const assign = (userId: string, ...roleIds: string[]): P.Change => ({
  kind: "member_roles",
  userId: userId as UserId,
  roleIds: new Set(roleIds as RoleId[]),
});
const acl = (channelId: string, entries: P.AclEntry[], inherit = true): P.Change => ({
  kind: "channel_acl",
  channelId: channelId as ChannelId,
  inherit,
  entries,
});
const move = (channelId: string, parentId: string | null): P.Change => ({
  kind: "channel_move",
  channelId: channelId as ChannelId,
  parentId: parentId as ChannelId | null,
});
const create = (position: number, permissions: bigint): P.Change => ({
  kind: "role_create",
  role: role("new", position, permissions),
});
const remove = (roleId: string): P.Change => ({ kind: "role_delete", roleId: roleId as RoleId });
const reorder = (...order: string[]): P.Change => ({ kind: "role_reorder", order: order as RoleId[] });
const manageChannels = { kind: "permission_missing", bits: P.MANAGE_CHANNEL };

const allowed: Record<string, Question> = {
  "give a lower role a bit that is held": { change: update("low", S | P.MOVE_MEMBERS) },
  "leave a bit that isn't held as it is": { change: update("recorder", R | S) },
  "assign a lower role to a lower member": {
    change: assign("bob", "low"),
    members: [...MEMBERS, member("bob")],
  },
  "take a lower role away, whatever its bits": {
    members: [mod, member("bob", ["low", "recorder"])],
    change: assign("bob", "low"),
  },
  "create a role below one's own": { change: create(3, S) },
  "delete a lower role": { change: remove("low") },
  "reorder lower roles": { change: reorder("recorder", "low", "mod", "top", "admin") },
  "mute a lower member in a channel": { change: acl("c", [forUser("c", "bob", { deny: S })]) },
  "close a channel to everyone but one's own role": {
    change: acl("q", [forRole("q", EVERYONE, { deny: V }), forRole("q", "mod", { allow: V })]),
  },
  "give a higher member what one holds": {
    change: acl("c", [forUser("c", "tess", { allow: P.MOVE_MEMBERS })]),
  },
  "take something from oneself": { change: acl("c", [forUser("c", "mod", { deny: S })]) },
  "start a channel afresh when no entry above says anything": { change: acl("c", [], false) },
  "start afresh below a channel that did so already, whatever is said above that": {
    channels: [channel("p"), channel("c", "p", false), channel("d", "c")],
    entries: [forRole("p", "recorder", { allow: R })],
    change: acl("d", [], false),
  },
  "move a channel where nothing says otherwise": { change: move("c", "q") },
  "an administrator gives a bit that only administrators hold": {
    actor: admin,
    change: update("low", P.MANAGE_ORG),
  },
  "the owner changes what everyone may": { actor: owner, change: update(EVERYONE, 0n) },
  "the owner takes a role for themselves": { actor: owner, change: assign("owner", "admin") },
  "an org-only bit in an entry touches nothing": {
    change: acl("c", [forUser("c", "bob", { allow: P.BAN_MEMBERS })]),
  },
};

const ownGrantHere = forUser("p", "mod", { allow: R, appliesTo: "here" });

const refused: Record<string, Question & { expected: object }> = {
  "set a bit not held, on a lower role": {
    change: update("low", R),
    expected: { kind: "bits_not_held", bits: R, channelId: null },
  },
  "clear a bit not held, on a lower role": {
    change: update("recorder", 0n),
    expected: { kind: "bits_not_held", bits: R },
  },
  "turn an own here-only grant into here_and_below": {
    entries: [ownGrantHere],
    change: acl("p", [{ ...ownGrantHere, appliesTo: "here_and_below" }]),
    expected: { kind: "bits_not_held", bits: R, channelId: "c" },
  },
  "change one's own highest role": { change: update("mod", V), expected: { kind: "rank_too_low" } },
  "change a higher role": { change: update("top", S), expected: { kind: "rank_too_low" } },
  "delete everyone": { actor: owner, change: remove(EVERYONE), expected: { kind: "everyone_fixed" } },
  "reorder everyone": {
    actor: owner,
    change: reorder("low", EVERYONE, "recorder", "mod", "top", "admin"),
    expected: { kind: "everyone_fixed" },
  },
  "lift a lower role above one's own": {
    change: reorder("recorder", "mod", "low", "top", "admin"),
    expected: { kind: "rank_too_low" },
  },
  "create a role above one's own": { change: create(4, 0n), expected: { kind: "rank_too_low" } },
  "create a role beside everyone": { change: create(0, 0n), expected: { kind: "rank_too_low" } },
  "create a role with a bit not held": {
    change: create(1, P.BAN_MEMBERS),
    expected: { kind: "bits_not_held" },
  },
  "assign a role with a bit not held": {
    change: assign("bob", "recorder"),
    expected: { kind: "bits_not_held", bits: R },
  },
  "assign one's own role": { change: assign("bob", "low", "mod"), expected: { kind: "rank_too_low" } },
  "change the roles of one of the same rank": {
    change: assign("peer", "mod", "low"),
    expected: { kind: "rank_too_low" },
  },
  "change one's own roles": { change: assign("mod", "mod", "low"), expected: { kind: "rank_too_low" } },
  "change the owner's roles": {
    actor: admin,
    change: assign("owner", "low"),
    expected: { kind: "owner_untouchable" },
  },
  "manage roles without MANAGE_ROLES": {
    actor: tess,
    change: update("low", S),
    expected: { kind: "permission_missing", bits: P.MANAGE_ROLES, channelId: null },
  },
  "give a channel's bit not held there": {
    entries: [forUser("c", "mod", { deny: S })],
    change: acl("c", [forUser("c", "mod", { deny: S }), forUser("c", "bob", { allow: S })]),
    expected: { kind: "bits_not_held", bits: S, channelId: "c" },
  },
  "free oneself of an entry": {
    entries: [forUser("c", "mod", { deny: S })],
    change: acl("c", []),
    expected: { kind: "bits_not_held", bits: S },
  },
  "take from a member of the same rank": {
    change: acl("c", [forUser("c", "peer", { deny: S })]),
    expected: { kind: "rank_too_low" },
  },
  "take back what a member of the same rank was given": {
    entries: [forUser("c", "peer", { allow: S })],
    change: acl("c", []),
    expected: { kind: "rank_too_low" },
  },
  "hide a channel with one below it that doesn't inherit and that the actor can't see": {
    channels: [channel("p"), channel("c", "p", false)],
    entries: [forRole("c", "mod", { deny: V })],
    change: acl("p", [forRole("p", "low", { deny: V })]),
    expected: { kind: "bits_not_held", bits: V, channelId: "c" },
  },
  "move a channel under one that hides it, with one below it that the actor can't see": {
    channels: [channel("p"), channel("c", "p", false), channel("d", "c"), channel("q")],
    entries: [forRole("q", "low", { deny: V, appliesTo: "here" }), forRole("d", "mod", { deny: V })],
    change: move("c", "q"),
    expected: { kind: "bits_not_held", bits: V, channelId: "d" },
  },
  "take from a higher role": {
    change: acl("c", [forRole("c", "top", { deny: S })]),
    expected: { kind: "rank_too_low" },
  },
  "take from the owner": {
    change: acl("c", [forUser("c", "owner", { deny: S })]),
    expected: { kind: "owner_untouchable" },
  },
  "change a channel without MANAGE_CHANNEL there": {
    entries: [forRole("c", "mod", { deny: P.MANAGE_CHANNEL })],
    change: acl("c", []),
    expected: { ...manageChannels, channelId: "c" },
  },
  "start afresh below a channel that says something not held": {
    entries: [forRole("p", "recorder", { allow: R })],
    change: acl("c", [], false),
    expected: { kind: "bits_not_held", bits: R, channelId: "c" },
  },
  "move a channel away from an entry that names a bit not held": {
    entries: [forRole("p", EVERYONE, { deny: R })],
    change: move("c", "q"),
    expected: { kind: "bits_not_held", bits: R, channelId: "c" },
  },
  "move a channel with one below it that would be touched too": {
    channels: [channel("p"), channel("c", "p"), channel("d", "c"), channel("q")],
    entries: [forRole("p", EVERYONE, { deny: S }), forRole("c", EVERYONE, { allow: S, appliesTo: "here" })],
    change: move("c", "q"),
    expected: { kind: "bits_not_held", bits: S, channelId: "d" },
  },
  "move a channel below one that isn't managed": {
    entries: [
      forRole("q", EVERYONE, { deny: P.MANAGE_CHANNEL }),
      forRole("q", "mod", { deny: P.MANAGE_CHANNEL }),
    ],
    change: move("c", "q"),
    expected: { ...manageChannels, channelId: "q" },
  },
  "create a channel below one that isn't managed": {
    entries: [forRole("q", "mod", { deny: P.MANAGE_CHANNEL })],
    change: { kind: "channel_create", channelId: "n" as ChannelId, parentId: "q" as ChannelId },
    expected: { ...manageChannels, channelId: "q" },
  },
  "create a channel at the root without MANAGE_CHANNEL in the organisation": {
    actor: tess,
    change: { kind: "channel_create", channelId: "n" as ChannelId, parentId: null },
    expected: { ...manageChannels, channelId: null },
  },
  "delete a channel with one below it that isn't managed": {
    entries: [forRole("c", "mod", { deny: P.MANAGE_CHANNEL })],
    change: { kind: "channel_delete", channelId: "p" as ChannelId },
    expected: { ...manageChannels, channelId: "c" },
  },
  "let somebody connect who then may do what the actor can't": {
    members: [mod, member("rob", ["recorder"])],
    entries: [forUser("c", "rob", { deny: C })],
    change: acl("c", []),
    expected: { kind: "would_gain", userId: "rob", bits: R, channelId: "c" },
  },
  "delete a role whose entry keeps a bit not held from somebody": {
    members: [mod, bob],
    entries: [forUser("c", "mod", { deny: S }), forRole("c", "low", { deny: S })],
    change: remove("low"),
    expected: { kind: "bits_not_held", bits: S, channelId: "c" },
  },
  "assign a role that opens a channel which the actor can't enter": {
    members: [mod, member("bob")],
    entries: [forRole("q", EVERYONE, { deny: V }), forRole("q", "low", { allow: V })],
    change: assign("bob", "low"),
    expected: { kind: "would_gain", userId: "bob", channelId: "q" },
  },
  "give a role a bit that its holders could use where the actor is muted": {
    members: [mod, bob],
    roles: ROLES.map((role) => (role.isEveryone ? { ...role, permissions: V | C } : role)),
    entries: [forUser("c", "mod", { deny: S })],
    change: update("low", S),
    expected: { kind: "would_gain", userId: "bob", bits: S, channelId: "c" },
  },
  "start afresh above a channel where somebody would get back what the actor lacks": {
    members: [mod, member("rob", ["recorder"])],
    channels: [channel("p"), channel("c", "p"), channel("d", "c")],
    entries: [forUser("p", "rob", { deny: C })],
    change: acl("c", [], false),
    expected: { kind: "would_gain", userId: "rob", bits: R, channelId: "c" },
  },
  "let somebody see a channel who gets back in one below it what the actor lacks there": {
    members: [mod, member("rob", ["recorder"])],
    entries: [ownGrantHere, forUser("p", "rob", { deny: V })],
    change: acl("p", [ownGrantHere]),
    expected: { kind: "would_gain", userId: "rob", bits: R, channelId: "c" },
  },
  "anything while timed out": {
    actor: { ...mod, timedOut: true },
    change: update("low", S),
    expected: { kind: "permission_missing" },
  },
};

describe("changes", () => {
  test.each(Object.entries(allowed))("may: %s", (_, question) => {
    expect(ask(question)).toBeUndefined();
  });

  test.each(Object.entries(refused))("may not: %s", (_, { expected, ...question }) => {
    const refusal = ask(question);
    expect(refusal).toMatchObject(expected);
    expect(P.refusalWords(refusal as P.Refusal)).toMatch(/^[A-Z].*\.$/);
  });
});
