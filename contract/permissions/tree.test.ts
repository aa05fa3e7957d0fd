import { expect, test } from "vitest";
import type { ChannelId } from "../ids.ts";
import { depthAfterMove, parentsFirst, pathTo, subtreeOf, wouldMakeRing } from "../permissions.ts";
import { channel } from "../testing/organization.ts";

// a > b > c, and d beside a; children stand before their parents to be sure that order doesn't help.
const CHANNELS = [channel("c", "b"), channel("d"), channel("b", "a"), channel("a")];
const id = (name: string) => name as ChannelId;
const names = (channels: { id: ChannelId }[]) => channels.map((one) => one.id);

test("a path goes from the root to the channel", () => {
  expect(names(pathTo(CHANNELS, id("c")))).toEqual(["a", "b", "c"]);
});

test("parents stand before their children", () => {
  expect(names(parentsFirst(CHANNELS))).toEqual(["d", "a", "b", "c"]);
});

test("a subtree is the channel and all below it", () => {
  expect(names(subtreeOf(CHANNELS, id("b")))).toEqual(["b", "c"]);
});

test("a ring of parents is found, and channels that hang on nothing", () => {
  expect(() => parentsFirst([channel("a", "b"), channel("b", "a")])).toThrow("not a tree");
  expect(() => parentsFirst([channel("a", "gone")])).toThrow("not a tree");
});

test("a move below itself would make a ring, a move beside it not", () => {
  expect(wouldMakeRing(CHANNELS, id("a"), id("c"))).toBe(true);
  expect(wouldMakeRing(CHANNELS, id("a"), id("a"))).toBe(true);
  expect(wouldMakeRing(CHANNELS, id("b"), id("d"))).toBe(false);
  expect(wouldMakeRing(CHANNELS, id("b"), null)).toBe(false);
});

test("the depth after a move counts what hangs below", () => {
  expect(depthAfterMove(CHANNELS, id("b"), id("d"))).toBe(3);
  expect(depthAfterMove(CHANNELS, id("b"), null)).toBe(2);
  expect(depthAfterMove(CHANNELS, id("d"), id("c"))).toBe(4);
  expect(depthAfterMove(CHANNELS, id("a"), null)).toBe(3);
});
