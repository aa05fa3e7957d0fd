import { describe, expect, test } from "vitest";
import type { ChannelId } from "../ids.ts";
import type { AclEntry, ChannelNode, Member } from "../permissions.ts";
import {
  ADMINISTRATOR,
  ALL,
  CONNECT as C,
  effective,
  KICK_MEMBERS,
  SPEAK as S,
  VIEW as V,
} from "../permissions.ts";
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

const ROLES = [everyone(V | C | S), role("r1", 1, 0n), role("r2", 2, 0n), role("admin", 3, ADMINISTRATOR)];
const bob = member("bob", ["r1", "r2"]);
const ALL_DENIED = [forRole("c", EVERYONE, { deny: ALL }), forUser("c", "bob", { deny: ALL })];
const CHILD = [channel("p"), channel("c", "p")];

interface Vector {
  member?: Member;
  channels?: ChannelNode[];
  entries: AclEntry[];
  expected: bigint;
}

const vectors: Record<string, Vector> = {
  "owner, all denied": { member: member("bob", [], { isOwner: true }), entries: ALL_DENIED, expected: ALL },
  "ADMINISTRATOR + user deny": { member: member("bob", ["admin"]), entries: ALL_DENIED, expected: ALL },
  "everyone −S": { entries: [forRole("c", EVERYONE, { deny: S })], expected: 3n },
  "everyone −S, role +S": {
    entries: [forRole("c", EVERYONE, { deny: S }), forRole("c", "r1", { allow: S })],
    expected: 7n,
  },
  "role1 −S, role2 +S": {
    entries: [forRole("c", "r1", { deny: S }), forRole("c", "r2", { allow: S })],
    expected: 7n,
  },
  "role +S, user −S": {
    entries: [forRole("c", "r1", { allow: S }), forUser("c", "bob", { deny: S })],
    expected: 3n,
  },
  "parent user −S (below too), child role +S": {
    channels: CHILD,
    entries: [forUser("p", "bob", { deny: S }), forRole("c", "r1", { allow: S })],
    expected: 7n,
  },
  "parent −S here only: parent": {
    channels: [channel("c")],
    entries: [forRole("c", EVERYONE, { deny: S, appliesTo: "here" })],
    expected: 3n,
  },
  "parent −S here only: child": {
    channels: CHILD,
    entries: [forRole("p", EVERYONE, { deny: S, appliesTo: "here" })],
    expected: 7n,
  },
  "parent −S below too, child inherit=false": {
    channels: [channel("p"), channel("c", "p", false)],
    entries: [forRole("p", EVERYONE, { deny: S })],
    expected: 7n,
  },
  "parent −V, child user +V": {
    channels: CHILD,
    entries: [forRole("p", EVERYONE, { deny: V }), forUser("c", "bob", { allow: V })],
    expected: 0n,
  },
  "−C": { entries: [forRole("c", EVERYONE, { deny: C })], expected: 1n },
  banned: { member: member("bob", ["r1"], { status: "banned" }), entries: [], expected: 0n },
  "not a member": { member: member("bob", ["admin"], { status: "none" }), entries: [], expected: 0n },
  "timed out": { member: member("bob", ["r1"], { timedOut: true }), entries: [], expected: 1n },
  "ACL allows an org-only bit": {
    entries: [forUser("c", "bob", { allow: KICK_MEMBERS | ADMINISTRATOR })],
    expected: 7n,
  },
  "parent −V here only hides the child too": {
    channels: CHILD,
    entries: [forRole("p", EVERYONE, { deny: V, appliesTo: "here" })],
    expected: 0n,
  },
  "an entry of a role that the member lacks": { entries: [forRole("c", "admin", { deny: S })], expected: 7n },
};

describe("effective permissions (V=1 C=2 S=4; everyone grants 7)", () => {
  test.each(Object.entries(vectors))("%s", (_, {
    member: subject = bob,
    channels = [channel("c")],
    entries,
    expected,
  }) => {
    expect(effective(rights(ROLES, channels, entries), subject, "c" as ChannelId)).toBe(expected);
  });

  test("a role's bits hold in a channel without entries, organisation bits too", () => {
    const roles = [everyone(V), role("r1", 1, KICK_MEMBERS)];
    expect(effective(rights(roles, [channel("c")]), bob, "c" as ChannelId)).toBe(V | KICK_MEMBERS);
  });

  test("a user's entry can give VIEW to one whose roles give nothing", () => {
    const organization = rights([everyone(0n)], [channel("c")], [forUser("c", "bob", { allow: V })]);
    expect(effective(organization, member("bob"), "c" as ChannelId)).toBe(V);
  });

  test("a ring of parents and a missing parent are bugs, not endless loops", () => {
    const ring = [channel("c", "d"), channel("d", "c")];
    expect(() => effective(rights(ROLES, ring), bob, "c" as ChannelId)).toThrow("ring");
    expect(() => effective(rights(ROLES, [channel("c", "gone")]), bob, "c" as ChannelId)).toThrow(
      "not in the tree",
    );
  });
});
