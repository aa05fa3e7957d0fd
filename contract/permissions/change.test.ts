import { expect, test } from "vitest";
import type { ChannelId, RoleId } from "../ids.ts";
import { applyChange, type Snapshot } from "../permissions.ts";
import { channel, EVERYONE, everyone, forRole, member, rights, role } from "../testing/organization.ts";

const snapshot: Snapshot = {
  rights: rights(
    [everyone(1n), role("r1", 1, 1n), role("r2", 2, 2n)],
    [channel("p"), channel("c", "p"), channel("q")],
    [forRole("c", "r1", { allow: 1n }), forRole("q", EVERYONE, { deny: 1n })],
  ),
  members: [member("bob", ["r1", "r2"])],
};

const positions = ({ rights: { roles } }: Snapshot) =>
  Object.fromEntries(roles.map((one) => [one.id, one.position]));

test("a deleted role takes its entries and assignments with it", () => {
  const { rights, members } = applyChange(snapshot, { kind: "role_delete", roleId: "r1" as RoleId });
  expect(rights.roles.map(({ id }) => id)).toEqual([EVERYONE, "r2"]);
  expect(rights.entries.map(({ channelId }) => channelId)).toEqual(["q"]);
  expect([...(members[0]?.roleIds ?? [])]).toEqual(["r2"]);
});

test("a new role moves those from its place up", () => {
  const after = applyChange(snapshot, { kind: "role_create", role: role("new", 2, 0n) });
  expect(positions(after)).toEqual({ [EVERYONE]: 0, r1: 1, new: 2, r2: 3 });
});

test("an order of roles starts above everyone", () => {
  const after = applyChange(snapshot, { kind: "role_reorder", order: ["r2", "r1"] as RoleId[] });
  expect(positions(after)).toEqual({ [EVERYONE]: 0, r2: 1, r1: 2 });
});

test("a deleted channel takes those below it and their entries with it", () => {
  const { rights } = applyChange(snapshot, { kind: "channel_delete", channelId: "p" as ChannelId });
  expect(rights.channels.map(({ id }) => id)).toEqual(["q"]);
  expect(rights.entries.map(({ channelId }) => channelId)).toEqual(["q"]);
});

test("a change leaves the snapshot before it as it was", () => {
  const before = structuredClone(snapshot);
  applyChange(snapshot, { kind: "channel_acl", channelId: "c" as ChannelId, inherit: false, entries: [] });
  applyChange(snapshot, { kind: "channel_move", channelId: "c" as ChannelId, parentId: null });
  expect(snapshot).toEqual(before);
});
