import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { ChannelId, UserId } from "../ids.ts";
import * as P from "../permissions.ts";
import { change, members, organization } from "../testing/arbitrary-organization.ts";
import { naiveEffective } from "../testing/naive-permissions.ts";
import { propertyRuns } from "../testing/property-runs.ts";

interface Step {
  actor: number;
  change: P.Change;
}

const OPERATIONS_MAX = 20;
const steps: fc.Arbitrary<Step[]> = fc.array(fc.record({ actor: fc.nat(2), change }), {
  minLength: 1,
  maxLength: OPERATIONS_MAX,
});
/** Who acts together: some of all but the owner. */
const group = fc.subarray(["u1", "u2", "u3"] as UserId[], { minLength: 1 });
const drawn = fc.record({ rights: organization, members, group, steps });

const accepted = new Map<string, number>();

/** The sense of a change is for others to check; guards may count on it. */
function makesSense({ rights: { roles, channels } }: P.Snapshot, change: P.Change): boolean {
  const known = (id: string) => roles.some((role) => role.id === id);
  switch (change.kind) {
    case "role_create":
      return !known(change.role.id);
    case "role_update":
    case "role_delete":
      return known(change.roleId);
    case "role_reorder":
      return change.order.length === roles.length - 1 && change.order.every(known);
    case "member_roles":
      return [...change.roleIds].every(known);
    case "channel_acl":
      return change.entries.every(({ subject }) => subject.type === "user" || known(subject.id));
    case "channel_move":
      return !P.wouldMakeRing(channels, change.channelId, change.parentId);
    default:
      return true;
  }
}

/** What is read of an organisation to judge a change, and no more. */
function reached(snapshot: P.Snapshot, actor: P.Member, change: P.Change): P.Snapshot {
  const { rights, members } = snapshot;
  const { roles } = rights;
  const isNamed = ({ userId }: P.Member) =>
    userId === actor.userId ||
    (change.kind === "member_roles" && userId === change.userId) ||
    (change.kind === "channel_acl" && change.entries.some(({ subject }) => subject.id === userId));
  const reach = P.reachOf(roles, actor, change);
  if (reach.over === "roles") {
    return { rights: { roles, channels: [], entries: [] }, members: members.filter(isNamed) };
  }
  const channels = P.reachedChannels(rights.channels, change);
  const ids = new Set(channels.map(({ id }) => id));
  const near = rights.entries.filter(({ channelId }) => ids.has(channelId));
  const concern = (people: readonly P.Member[], more: readonly string[]) => {
    const subjects = new Set<string>([
      ...people.flatMap(({ userId, roleIds }) => [userId, ...roleIds]),
      ...roles.filter(({ isEveryone }) => isEveryone).map(({ id }) => id),
      ...more,
    ]);
    return near.filter(({ subject }) => subjects.has(subject.id));
  };
  if (reach.over === "actor") {
    return { rights: { roles, channels, entries: concern([actor], []) }, members: members.filter(isNamed) };
  }
  if (reach.over === "members") {
    const { holdersOf } = reach;
    const isHolder = ({ roleIds }: P.Member) =>
      holdersOf === "everyone" || (holdersOf !== "nothing" && roleIds.has(holdersOf));
    const singled = members.filter(
      (member) =>
        isNamed(member) ||
        (isHolder(member) && rights.entries.some(({ subject }) => subject.id === member.userId)),
    );
    const others = holdersOf === "nothing" ? [] : representatives(members.filter(isHolder), singled);
    const people = [...singled, ...others];
    return { rights: { roles, channels, entries: concern(people, reach.roleIds) }, members: people };
  }
  const some = members.filter(
    (member) => isNamed(member) || near.some(({ subject }) => subject.id === member.userId),
  );
  const place = { roles, channels, entries: near };
  return P.mayGive({ rights: place, members: some }, change)
    ? { rights: place, members: [...some, ...representatives(members, some)] }
    : { rights: place, members: some };
}

/** One member for each distinct set of roles among all others but the owner. */
function representatives(members: readonly P.Member[], known: readonly P.Member[]): P.Member[] {
  const others = members.filter((member) => !member.isOwner && !known.includes(member));
  return [...Map.groupBy(others, ({ roleIds }) => [...roleIds].sort().join()).values()].flatMap(
    ([first]) => first ?? [],
  );
}

/**
 * What the group holds together: of channels' bits in each channel, and under "" all outside of any; told by the naive algorithm.
 * Time-outs are looked through: they end.
 */
function heldBy({ rights, members }: P.Snapshot, group: readonly UserId[]): Map<ChannelId | "", bigint> {
  const actors = members
    .filter(({ userId }) => group.includes(userId))
    .map((member) => ({ ...member, timedOut: false }));
  const union = (holds: (member: P.Member) => bigint) =>
    actors.reduce((sum, actor) => sum | holds(actor), 0n);
  const places = rights.channels.map(
    ({ id }) => [id, P.CHANNEL_BITS & union((actor) => naiveEffective(rights, actor, id))] as const,
  );
  return new Map<ChannelId | "", bigint>([
    ["", union((actor) => P.organizationPermissions(rights.roles, actor))],
    ...places,
  ]);
}

describe("guards, for any organisation, group and sequence of changes", () => {
  test("whatever a group without the owner does, what it holds together never grows anywhere", () => {
    fc.assert(
      fc.property(drawn, ({ rights, members, group, steps }) => {
        let snapshot: P.Snapshot = { rights, members };
        const atFirst = heldBy(snapshot, group);
        for (const step of steps) {
          const actorId = group[step.actor % group.length];
          const actor = snapshot.members.find(({ userId }) => userId === actorId) as P.Member;
          if (!makesSense(snapshot, step.change) || P.findRefusal(snapshot, actor, step.change)) continue;
          snapshot = P.applyChange(snapshot, step.change);
          accepted.set(step.change.kind, (accepted.get(step.change.kind) ?? 0) + 1);
          for (const [place, bits] of heldBy(snapshot, group)) {
            expect([place, bits & ~(atFirst.get(place) ?? 0n)]).toEqual([place, 0n]);
          }
        }
      }),
      propertyRuns,
    );
  });

  test("more members never make a change allowed that was refused", () => {
    fc.assert(
      fc.property(drawn, ({ rights, members, steps }) => {
        const doubles = members.map((member) => ({
          ...member,
          userId: `${member.userId}-twin` as UserId,
          isOwner: false,
        }));
        for (const { actor: n, change } of steps) {
          const snapshot = { rights, members };
          if (!makesSense(snapshot, change)) continue;
          const actor = members[n + 1] as P.Member;
          const twice = { rights, members: [...members, ...doubles] };
          if (P.findRefusal(twice, actor, change)) continue;
          expect(P.findRefusal(snapshot, actor, change)).toBeUndefined();
        }
      }),
      propertyRuns,
    );
  });

  test("what the change can't reach decides nothing", () => {
    fc.assert(
      fc.property(drawn, ({ rights, members, steps }) => {
        const snapshot = { rights, members };
        for (const { actor: n, change } of steps) {
          if (!makesSense(snapshot, change)) continue;
          const actor = members[n + 1] as P.Member;
          const refusal = P.findRefusal(snapshot, actor, change);
          // Another one of several who would gain may be named.
          expect(P.findRefusal(reached(snapshot, actor, change), actor, change)?.kind).toBe(refusal?.kind);
          if (refusal) continue;
          // All members in all channels, whether or not the guards took the trouble.
          expect(P.findGain(snapshot, P.applyChange(snapshot, change), actor)).toBeUndefined();
        }
      }),
      propertyRuns,
    );
  });

  test("the owner may do anything, an outsider nothing", () => {
    fc.assert(
      fc.property(drawn, ({ rights, members, steps }) => {
        const snapshot = { rights, members };
        const owner = members[0] as P.Member;
        for (const { change } of steps) {
          if (!makesSense(snapshot, change)) continue;
          if (change.kind === "role_create" && change.role.position === 0) continue;
          expect(P.findRefusal(snapshot, owner, change)).toBeUndefined();
          const outsider = { ...owner, isOwner: false, status: "none" } as const;
          expect(P.findRefusal(snapshot, outsider, change)).toMatchObject({ kind: "permission_missing" });
        }
      }),
      propertyRuns,
    );
  });

  // Else the first property would hold because nothing was ever allowed.
  afterAll(() => {
    console.info("accepted changes:", Object.fromEntries(accepted));
    const kinds = [
      "role_create",
      "role_update",
      "role_delete",
      "role_reorder",
      "member_roles",
      "channel_acl",
      "channel_move",
    ];
    for (const kind of kinds) expect(accepted.get(kind) ?? 0, kind).toBeGreaterThan(0);
  });
});
