import type { Channel } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";
import { expect, test } from "vitest";
import { inTreeOrder } from "./channel-tree.ts";

const channel = (id: string, parentId: string | null): Channel => ({
  id: id as ChannelId,
  parentId: parentId as ChannelId | null,
  position: 0,
  name: id,
  topic: "",
  hasPassword: false,
  userLimit: 0,
});

test("a parent stands before all below it, and these before its next sibling", () => {
  const rows = [
    channel("a2", "a"),
    channel("a", null),
    channel("b", null),
    channel("a2x", "a2"),
    channel("a3", "a"),
  ];
  expect(inTreeOrder(rows).map((row) => row.id)).toEqual(["a", "a2", "a2x", "a3", "b"]);
});
