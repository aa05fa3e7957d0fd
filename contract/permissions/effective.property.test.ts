import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AclEntry, Member, OrganizationRights } from "../permissions.ts";
import * as P from "../permissions.ts";
import { anyMember, organization } from "../testing/arbitrary-organization.ts";
import { naiveEffective } from "../testing/naive-permissions.ts";
import { propertyRuns } from "../testing/property-runs.ts";

type Case = [rights: OrganizationRights, member: Member];

const check = (property: (...drawn: Case) => void): void =>
  fc.assert(fc.property(organization, anyMember, property), propertyRuns);

const tree = (rights: OrganizationRights, member: Member) => P.effectiveTree(P.indexRights(rights), member);

/** Each channel's bits in one list, by the channel's name, so that lists compare. */
const bitsByChannel = (rights: OrganizationRights, member: Member): [string, bigint][] =>
  [...tree(rights, member)].sort(([a], [b]) => (a < b ? -1 : 1));

const reversed = <T>(items: readonly T[]): T[] => [...items].reverse();

const widen = (
  rights: OrganizationRights,
  more: (entry: AclEntry) => Partial<AclEntry>,
): OrganizationRights => ({
  ...rights,
  entries: rights.entries.map((entry) => ({ ...entry, ...more(entry) })),
});

describe("effective permissions, for any organisation and member", () => {
  test("the algorithm, one channel and all at once, equals the naive one", () => {
    check((rights, member) => {
      const all = tree(rights, member);
      for (const { id } of rights.channels) {
        const naive = naiveEffective(rights, member, id);
        expect(all.get(id)).toBe(naive);
        expect(P.effective(rights, member, id)).toBe(naive);
      }
    });
  });

  test("the owner and administrators hold everything everywhere", () => {
    check((rights, member) => {
      const active: Member = { ...member, status: "active" };
      const [first] = rights.roles.filter((role) => !role.isEveryone);
      const roles = rights.roles.map((role) =>
        role === first ? { ...role, permissions: P.ADMINISTRATOR } : role,
      );
      const administrator = { ...active, roleIds: new Set(first ? [first.id] : []) };
      for (const bits of tree(rights, { ...active, isOwner: true }).values()) expect(bits).toBe(P.ALL);
      for (const bits of tree({ ...rights, roles }, administrator).values()) expect(bits).toBe(P.ALL);
    });
  });

  test("the order of entries, roles and channels doesn't matter", () => {
    check((rights, member) => {
      const turned = {
        roles: reversed(rights.roles),
        channels: reversed(rights.channels),
        entries: reversed(rights.entries),
      };
      expect(bitsByChannel(turned, member)).toEqual(bitsByChannel(rights, member));
    });
  });

  test("another deny never adds a bit, another allow never takes one", () => {
    const drawn = fc.tuple(organization, anyMember, fc.nat(), fc.constantFrom(...P.PERMISSION_NAMES));
    fc.assert(
      fc.property(drawn, ([rights, member, n, { bit }]) => {
        const chosen = rights.entries[n % Math.max(rights.entries.length, 1)];
        const before = tree(rights, member);
        const denied = widen(rights, (entry) =>
          entry === chosen && !P.has(entry.allow, bit) ? { deny: entry.deny | bit } : {},
        );
        const allowed = widen(rights, (entry) =>
          entry === chosen && !P.has(entry.deny, bit) ? { allow: entry.allow | bit } : {},
        );
        for (const [id, bits] of tree(denied, member)) expect(bits & ~(before.get(id) as bigint)).toBe(0n);
        for (const [id, bits] of tree(allowed, member)) expect((before.get(id) as bigint) & ~bits).toBe(0n);
      }),
      propertyRuns,
    );
  });

  test("without entries the roles' bits are left, after the masks", () => {
    check((rights, member) => {
      const base = P.organizationPermissions(rights.roles, { ...member, timedOut: false });
      const expected = [...tree({ ...rights, entries: [] }, { ...member, timedOut: false }).values()];
      const connected = P.has(base, P.CONNECT) ? base : base & ~P.CONNECTED_BITS;
      expect(new Set(expected)).toEqual(new Set([P.has(base, P.VIEW) ? connected : 0n]));
    });
  });

  test("below a channel that can't be seen nothing is held", () => {
    check((rights, member) => {
      const all = tree(rights, member);
      for (const { id, parentId } of rights.channels) {
        if (parentId !== null && !P.has(all.get(parentId) as bigint, P.VIEW)) expect(all.get(id)).toBe(0n);
      }
    });
  });

  test("organisation bits never come from a channel, and a time-out leaves VIEW alone", () => {
    check((rights, member) => {
      const base = P.organizationPermissions(rights.roles, member);
      for (const bits of tree(rights, member).values()) {
        expect(bits & P.ORG_ONLY_BITS & ~base).toBe(0n);
        if (member.timedOut && bits !== P.ALL) expect(bits & ~P.VIEW).toBe(0n);
      }
    });
  });
});

describe("the inspector, for any organisation, member and channel", () => {
  test("its reasons, followed in order, end at the effective bits", () => {
    check((rights, member) => {
      for (const { id } of rights.channels) {
        const { permissions, bits } = P.explain(rights, member, id);
        expect(permissions).toBe(naiveEffective(rights, member, id));
        for (const { bit, granted, reasons } of bits) {
          expect(granted).toBe(P.has(permissions, bit));
          expect(reasons.at(-1)?.effect ?? "take").toBe(granted ? "give" : "take");
        }
      }
    });
  });

  test("reasons stand in path order, and each entry that it names says what it is said to say", () => {
    check((rights, member) => {
      for (const { id } of rights.channels) {
        const path = P.pathTo(rights.channels, id).map((channel) => channel.id);
        for (const { bit, reasons } of P.explain(rights, member, id).bits) {
          const places = reasons.flatMap((reason) =>
            "channelId" in reason ? [path.indexOf(reason.channelId)] : [],
          );
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          for (const reason of reasons) {
            if (reason.kind !== "entry") continue;
            const entry = rights.entries.find(
              ({ channelId, subject }) => channelId === reason.channelId && subject.id === reason.subject.id,
            );
            expect(P.has((reason.effect === "give" ? entry?.allow : entry?.deny) ?? 0n, bit)).toBe(true);
          }
        }
      }
    });
  });
});
