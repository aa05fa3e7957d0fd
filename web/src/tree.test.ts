import type { Channel } from "@parley/contract/channels";
import { channelIdSchema } from "@parley/contract/ids";
import { expect, test } from "vitest";
import { treeAction, visibleRows } from "./tree.ts";

const idOf = (n: number) => channelIdSchema.parse(`01890a5d-ac96-774b-bcce-b30209900${100 + n}`);
const channel = (n: number, parent?: number): Channel => ({
  id: idOf(n),
  parentId: parent === undefined ? null : idOf(parent),
  position: n,
  name: `channel ${n}`,
  topic: "",
  hasPassword: false,
  userLimit: 0,
});
// 1 ( 2 ( 3 ) 4 ) 5
const channels = [channel(1), channel(2, 1), channel(3, 2), channel(4, 1), channel(5)];
const open = new Set<Channel["id"]>();

test("rows carry what a screen reader says about a tree item", () => {
  const rows = visibleRows(channels, open);
  expect(rows.map(({ level, position, siblings }) => [level, position, siblings])).toEqual([
    [1, 1, 2],
    [2, 1, 2],
    [3, 1, 1],
    [2, 2, 2],
    [1, 2, 2],
  ]);
});

test("a collapsed channel hides everything below it", () => {
  const rows = visibleRows(channels, new Set([idOf(1)]));
  expect(rows.map((row) => row.channel.name)).toEqual(["channel 1", "channel 5"]);
});

test("arrow keys walk the tree and stop at its ends", () => {
  const rows = visibleRows(channels, open);
  expect(treeAction(rows, 0, "ArrowDown", open)).toEqual({ focus: idOf(2) });
  expect(treeAction(rows, 0, "ArrowUp", open)).toBeUndefined();
  expect(treeAction(rows, 4, "ArrowDown", open)).toBeUndefined();
  expect(treeAction(rows, 2, "ArrowLeft", open)).toEqual({ focus: idOf(2) });
  expect(treeAction(rows, 1, "ArrowLeft", open)).toEqual({ toggle: idOf(2) });
  expect(treeAction(rows, 1, "ArrowRight", open)).toEqual({ focus: idOf(3) });
  expect(treeAction(rows, 2, "Home", open)).toEqual({ focus: idOf(1) });
  expect(treeAction(rows, 2, "End", open)).toEqual({ focus: idOf(5) });
  expect(treeAction(rows, 3, "Enter", open)).toEqual({ join: channels[3] });
});
