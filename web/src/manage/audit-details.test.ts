import type { AuditEntry } from "@parley/contract/audit-log";
import { BAN_MEMBERS, SPEAK, VIEW } from "@parley/contract/permissions";
import { expect, test } from "vitest";
import { auditDetails } from "./audit-details.ts";

const names = {
  roles: new Map([
    ["r1", "Moderator"],
    ["r2", "Guest"],
  ]),
  members: new Map([["u1", "bob"]]),
  channels: new Map([["c1", "Lobby"]]),
};
const details = (before: AuditEntry["before"], after: AuditEntry["after"]) =>
  auditDetails({ before, after } as AuditEntry, names);

test("who gave a permission to a role can be read, and what else was changed", () => {
  const role = (name: string, permissions: bigint) => ({
    name,
    position: 2,
    permissions: String(permissions),
  });
  expect(details(role("Mod", VIEW | SPEAK), role("Moderator", VIEW | BAN_MEMBERS))).toEqual([
    "Name: Mod → Moderator",
    "Permissions given: Ban members",
    "Permissions taken: Speak",
  ]);
});

test("roles of a member by their names, as far as they are known", () => {
  expect(details({ roleIds: ["r1", "gone"] }, { roleIds: ["gone", "r2"] })).toEqual([
    "Roles given: Guest",
    "Roles taken: Moderator",
  ]);
});

test("an entry that came, changed or went is one line", () => {
  const entry = (id: string, deny: bigint) => ({
    subject: { type: "user", id },
    allow: "0",
    deny: String(deny),
    appliesTo: "here",
  });
  expect(
    details(
      { inherit: true, entries: [entry("r1", VIEW)] },
      { inherit: false, entries: [entry("u1", SPEAK)] },
    ),
  ).toEqual([
    "Inherits: yes → no",
    "Entry for Moderator: denies See the channel (here only) → none",
    "Entry for bob: none → denies Speak (here only)",
  ]);
});

test("what is only before or after, null or empty, has words; what the sentence says already has none", () => {
  expect(details({ parentId: null, topic: "" }, { parentId: "c1", topic: "x" })).toEqual([
    "Below: none → Lobby",
    "Topic: empty → x",
  ]);
  expect(details({ invites: 2 }, null)).toEqual(["Open invites that ended was: 2"]);
  expect(details(null, { refused: "rank_too_low" })).toEqual([]);
});
