/** What the API of organisations takes and refuses at its edge. */
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { auditLogQuerySchema } from "./audit-log.ts";
import { banRequestSchema } from "./bans.ts";
import { putChannelAclRequestSchema, toAclEntries, toChannelAcl } from "./channel-acl.ts";
import {
  channelPasswordRequestSchema,
  createChannelRequestSchema,
  deleteChannelQuerySchema,
  moveChannelRequestSchema,
  updateChannelRequestSchema,
} from "./channels.ts";
import type { ChannelId, RoleId, UserId } from "./ids.ts";
import { inspectionSchema, toInspection } from "./inspection.ts";
import { createInviteRequestSchema, inviteCodeSchema } from "./invites.ts";
import { membersQuerySchema, updateMemberRequestSchema } from "./members.ts";
import { createOrganizationRequestSchema, updateOrganizationRequestSchema } from "./organizations.ts";
import { explain, SPEAK, VIEW } from "./permissions.ts";
import { createRoleRequestSchema, reorderRolesRequestSchema, updateRoleRequestSchema } from "./roles.ts";
import { channel, everyone, forUser, member, rights, role } from "./testing/organization.ts";
import { timeOutRequestSchema } from "./time-outs.ts";

const ID = "01930000-0000-7000-8000-000000000001";
const OTHER = "01930000-0000-7000-8000-000000000002";
const subject = { type: "role", id: ID };
const entry = { subject, allow: "1", deny: "4" };

const taken: [string, z.ZodType, unknown, unknown][] = [
  [
    "a tag in any case",
    createOrganizationRequestSchema,
    { name: " Acme ", tag: "acMe1" },
    { name: "Acme", tag: "ACME1" },
  ],
  ["a nickname taken away", updateMemberRequestSchema, { nickname: null }, { nickname: null }],
  ["a ban without a reason", banRequestSchema, {}, { reason: "", durationSeconds: null }],
  ["an invite as usual", createInviteRequestSchema, {}, { expiresInSeconds: 604_800, usesMax: null }],
  [
    "a role just above everyone",
    createRoleRequestSchema,
    { name: "x", permissions: "7" },
    { name: "x", permissions: 7n, position: 1 },
  ],
  [
    "a channel with a name alone",
    createChannelRequestSchema,
    { name: "Lobby" },
    { name: "Lobby", topic: "", parentId: null, userLimit: 0, bitrateBps: null, region: null },
  ],
  [
    "the first place",
    moveChannelRequestSchema,
    { parentId: null, afterId: null },
    { parentId: null, afterId: null },
  ],
  ["cascade=true", deleteChannelQuerySchema, { cascade: "true" }, { cascade: true }],
  ["no cascade", deleteChannelQuerySchema, {}, { cascade: false }],
  ["a page", membersQuerySchema, { limit: "100" }, { limit: 100 }],
];

const refused: [string, z.ZodType, unknown][] = [
  ["a tag with a hyphen", createOrganizationRequestSchema, { name: "Acme", tag: "AC-ME" }],
  ["a tag of one character", createOrganizationRequestSchema, { name: "Acme", tag: "A" }],
  ["a tag of 17 characters", createOrganizationRequestSchema, { name: "Acme", tag: "A".repeat(17) }],
  ["a name with a bidi override", createOrganizationRequestSchema, { name: "A\u202ecme", tag: "ACME" }],
  ["a name of spaces", createOrganizationRequestSchema, { name: "   ", tag: "ACME" }],
  ["an unknown field", createOrganizationRequestSchema, { name: "Acme", tag: "ACME", ownerId: ID }],
  ["a change of nothing", updateOrganizationRequestSchema, {}],
  ["a member's change of nothing", updateMemberRequestSchema, { nickname: undefined }],
  ["the same role twice", updateMemberRequestSchema, { roleIds: [ID, ID] }],
  [
    "the same role twice, in other letters",
    reorderRolesRequestSchema,
    { roleIds: [`${ID.slice(0, -1)}a`, `${ID.slice(0, -1)}A`] },
  ],
  ["a malformed id", reorderRolesRequestSchema, { roleIds: ["1"] }],
  [
    "251 roles",
    reorderRolesRequestSchema,
    { roleIds: Array.from({ length: 251 }, (_, n) => ID.replace(/.{3}$/, String(n).padStart(3, "0"))) },
  ],
  ["bits as a number", updateRoleRequestSchema, { permissions: 7 }],
  ["bits of 2^63", updateRoleRequestSchema, { permissions: "9223372036854775808" }],
  ["a role at the place of everyone", createRoleRequestSchema, { name: "x", permissions: "0", position: 0 }],
  ["a time-out of a second", timeOutRequestSchema, { durationSeconds: 1 }],
  ["a time-out of a year", timeOutRequestSchema, { durationSeconds: 365 * 86_400 }],
  ["an invite that never ends", createInviteRequestSchema, { expiresInSeconds: 1e9 }],
  ["an invite for nobody", createInviteRequestSchema, { usesMax: 0 }],
  ["a code with a slash", inviteCodeSchema, "abcdefghijklmnopqrstu/"],
  ["a topic of 513 code points", createChannelRequestSchema, { name: "x", topic: "t".repeat(513) }],
  ["a limit above any room's", updateChannelRequestSchema, { userLimit: 2_001 }],
  ["a bitrate that Opus doesn't have", updateChannelRequestSchema, { bitrateBps: 600_000 }],
  ["a channel's change of nothing", updateChannelRequestSchema, {}],
  ["an empty channel password", channelPasswordRequestSchema, { password: "" }],
  ["a channel password with NUL", channelPasswordRequestSchema, { password: "a\0b" }],
  ["a channel password of 129 code points", channelPasswordRequestSchema, { password: "p".repeat(129) }],
  [
    "allow and deny of one bit",
    putChannelAclRequestSchema,
    { inherit: true, entries: [{ subject, allow: "5", deny: "4" }] },
  ],
  ["two entries of one subject", putChannelAclRequestSchema, { inherit: true, entries: [entry, entry] }],
  [
    "a subject of no kind",
    putChannelAclRequestSchema,
    { inherit: true, entries: [{ ...entry, subject: { type: "all", id: ID } }] },
  ],
  [
    "101 entries",
    putChannelAclRequestSchema,
    {
      inherit: true,
      entries: Array.from({ length: 101 }, (_, n) => ({
        ...entry,
        subject: { type: "user", id: ID.replace(/.{3}$/, String(n).padStart(3, "0")) },
      })),
    },
  ],
  ["cascade=yes", deleteChannelQuerySchema, { cascade: "yes" }],
  ["a page of 101", membersQuerySchema, { limit: "101" }],
  ["a page of none", membersQuerySchema, { limit: "0" }],
  ["a page of a float", membersQuerySchema, { limit: "1.5" }],
  ["a cursor without end", membersQuerySchema, { cursor: "c".repeat(513) }],
  ["an action that doesn't exist", auditLogQuerySchema, { action: "role.steal" }],
];

describe("requests", () => {
  test.each(taken)("%s is taken", (_, schema, value, expected) => {
    expect(schema.parse(value)).toEqual(expected);
  });

  test.each(refused)("%s is refused", (_, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

describe("the ways to and from the wire", () => {
  test("entries come back as they went", () => {
    const request = putChannelAclRequestSchema.parse({
      inherit: false,
      entries: [{ ...entry, appliesTo: "here" }],
    });
    const back = toChannelAcl(request.inherit, toAclEntries(OTHER as ChannelId, request));
    expect(back).toEqual({ inherit: false, entries: [{ ...entry, appliesTo: "here" }] });
  });

  test("every kind of reason fits the inspector's schema", () => {
    const [c, p, u, r] = [1, 2, 3, 4].map((n) => `01930000-0000-7000-8000-00000000000${n}`) as [
      ChannelId,
      ChannelId,
      UserId,
      RoleId,
    ];
    const everyoneRole = { ...everyone(VIEW), id: OTHER as RoleId };
    const bob = member(u, [r]);
    const roles = [everyoneRole, role(r, 1, SPEAK)];
    const organization = rights(roles, [channel(p), channel(c, p, false)], [forUser(p, u, { allow: SPEAK })]);
    const hidden = rights(roles, [channel(p), channel(c, p)], [forUser(p, u, { deny: VIEW })]);
    const administrators = rights([everyoneRole, role(r, 1, 1n << 30n)], [channel(c)]);
    const answers = [
      explain(organization, bob, c),
      explain(organization, { ...bob, timedOut: true }, c),
      explain(organization, { ...bob, status: "banned" }, c),
      explain(organization, { ...bob, status: "none" }, c),
      explain(organization, { ...bob, isOwner: true }, c),
      explain(hidden, bob, c),
      explain(administrators, bob, c),
    ].map((explanation) => toInspection({ userId: u, channelId: c }, explanation));
    for (const answer of answers)
      expect(inspectionSchema.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
    const kinds = answers.flatMap(({ bits }) =>
      bits.flatMap(({ reasons }) => reasons.map(({ kind }) => kind)),
    );
    expect([...new Set(kinds)].sort()).toEqual([
      "administrator",
      "banned",
      "connect_missing",
      "entry",
      "not_a_member",
      "not_inherited",
      "owner",
      "role",
      "timed_out",
      "view_missing",
    ]);
  });
});
