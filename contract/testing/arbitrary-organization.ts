/** Small organisations for property tests: dense, so that bits, entries and masks meet often. */
import fc from "fast-check";
import * as P from "../permissions.ts";
import { channel, EVERYONE, everyone, member, rights, role } from "./organization.ts";

const ROLES = ["r1", "r2", "r3"];
const NEW_ROLES = ["r4", "r5"];
const CHANNELS = ["a", "b", "c", "d", "e"];
export const USERS = ["u0", "u1", "u2", "u3"];

// One of each sort: the masks' bits, two that a mask clears, one that none clears, a manager's, an organisation's.
const CHANNEL_SAMPLE = [P.VIEW, P.CONNECT, P.SPEAK, P.RECORD, P.TEXT, P.MANAGE_CHANNEL];
const SAMPLE = [...CHANNEL_SAMPLE, P.MANAGE_ROLES, P.KICK_MEMBERS];

const sum = (bits: readonly bigint[]): bigint => bits.reduce((total, bit) => total | bit, 0n);
const anyBits = fc.subarray(SAMPLE).map(sum);
const mostBits = fc.subarray(SAMPLE, { minLength: 6 }).map(sum);

export const rolePermissions = fc.oneof(
  { weight: 3, arbitrary: anyBits },
  { weight: 9, arbitrary: mostBits },
  { weight: 1, arbitrary: fc.constant(P.ADMINISTRATOR) },
);

const subject: fc.Arbitrary<P.AclSubject> = fc.oneof(
  fc.constantFrom(EVERYONE, ...ROLES).map((id) => ({ type: "role", id }) as P.AclSubject),
  fc.constantFrom(...USERS).map((id) => ({ type: "user", id }) as P.AclSubject),
);

const saying = fc
  .tuple(fc.subarray(SAMPLE, { maxLength: 4 }), fc.infiniteStream(fc.boolean()))
  .map(([bits, gives]) => {
    const given = bits.map((bit) => ({ bit, gives: gives.next().value === true }));
    return {
      allow: sum(given.filter((one) => one.gives).map(({ bit }) => bit)),
      deny: sum(given.filter((one) => !one.gives).map(({ bit }) => bit)),
    };
  });

export const entriesOf = (channelIds: readonly string[], maxLength: number): fc.Arbitrary<P.AclEntry[]> =>
  fc.uniqueArray(
    fc
      .record({
        channelId: fc.constantFrom(...channelIds),
        subject,
        said: saying,
        appliesTo: fc.constantFrom("here" as const, "here_and_below" as const),
      })
      .map(({ said, ...rest }) => ({ ...rest, ...said }) as P.AclEntry),
    { maxLength, selector: (entry) => `${entry.channelId} ${entry.subject.id}` },
  );

/** A forest: each channel stands below an earlier one or at the root. */
const channels = fc
  .tuple(
    ...CHANNELS.map((_, n) => fc.tuple(fc.integer({ min: -1, max: n - 1 }), fc.integer({ min: 0, max: 4 }))),
  )
  .map((places) =>
    places.map(([parent, mood], n) => channel(CHANNELS[n] as string, CHANNELS[parent] ?? null, mood > 0)),
  );

export const organization: fc.Arbitrary<P.OrganizationRights> = fc
  .record({
    base: fc.oneof(anyBits, mostBits),
    others: fc.tuple(...ROLES.map(() => rolePermissions)),
    channels,
    entries: entriesOf(CHANNELS, 14),
  })
  .map((drawn) =>
    rights(
      [everyone(drawn.base), ...drawn.others.map((bits, n) => role(ROLES[n] as string, n + 1, bits))],
      drawn.channels,
      drawn.entries,
    ),
  );

const roleIds = fc.subarray(ROLES);

/** Mostly plain members; sometimes the owner, banned, outside or timed out. */
export const anyMember: fc.Arbitrary<P.Member> = fc
  .record({
    userId: fc.constantFrom(...USERS),
    roleIds,
    status: fc.constantFrom(
      "active",
      "active",
      "active",
      "active",
      "active",
      "banned",
      "none",
    ) as fc.Arbitrary<P.Member["status"]>,
    isOwner: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    timedOut: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
  })
  .map(({ userId, roleIds: held, ...rest }) => member(userId, held, rest));

/** `u0` owns it; the others are plain members, now and then timed out. */
export const members: fc.Arbitrary<P.Member[]> = fc
  .tuple(...USERS.map(() => fc.tuple(roleIds, fc.integer({ min: 0, max: 9 }))))
  .map((drawn) =>
    drawn.map(([held, mood], n) =>
      member(USERS[n] as string, held, { isOwner: n === 0, timedOut: mood === 0 }),
    ),
  );

const anyChannel = fc.constantFrom(...CHANNELS);
const anyRole = fc.constantFrom(...ROLES, ...NEW_ROLES);

/** Some change by anybody. It may name what isn't there any more; then it is to be left out. */
export const change: fc.Arbitrary<P.Change> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("role_update"),
      roleId: fc.oneof(anyRole, fc.constant(EVERYONE)),
      permissions: rolePermissions,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("role_delete"), roleId: anyRole }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("role_create"),
      role: fc
        .tuple(fc.constantFrom(...NEW_ROLES), fc.integer({ min: 0, max: 4 }), rolePermissions)
        .map((drawn) => role(...drawn)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("role_reorder"),
      order: fc.shuffledSubarray(ROLES, { minLength: ROLES.length }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("member_roles"),
      userId: fc.constantFrom(...USERS),
      roleIds: fc.subarray([...ROLES, ...NEW_ROLES], { maxLength: 2 }).map((ids) => new Set(ids)),
    }),
  },
  {
    weight: 3,
    arbitrary: anyChannel.chain((channelId) =>
      fc.record({
        kind: fc.constant("channel_acl"),
        channelId: fc.constant(channelId),
        inherit: fc.boolean(),
        entries: entriesOf([channelId], 3),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("channel_move"),
      channelId: anyChannel,
      parentId: fc.option(anyChannel),
    }),
  },
) as fc.Arbitrary<P.Change>;
