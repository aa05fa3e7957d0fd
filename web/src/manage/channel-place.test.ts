import type { Channel } from "@parley/contract/channels";
import type { ChannelId } from "@parley/contract/ids";
import { expect, test } from "vitest";
import { dropPlace, keyPlace } from "./channel-place.ts";

const id = (name: string) => name as ChannelId;
const channel = (name: string, parent: string | null = null): Channel => ({
  id: id(name),
  parentId: parent as ChannelId | null,
  position: 0,
  name,
  topic: "",
  hasPassword: false,
  userLimit: 0,
});
// a ( x y ) b c
const channels = [channel("a"), channel("x", "a"), channel("y", "a"), channel("b"), channel("c")];

test("a drop before, inside and after a channel names the neighbour", () => {
  const drop = (moving: string, target: string, zone: "before" | "inside" | "after") =>
    dropPlace(channels, id(moving), id(target), zone);
  expect(drop("c", "a", "before")).toEqual({ parentId: null, afterId: null });
  expect(drop("c", "b", "before")).toEqual({ parentId: null, afterId: "a" });
  expect(drop("c", "b", "after")).toEqual({ parentId: null, afterId: "b" });
  expect(drop("c", "a", "inside")).toEqual({ parentId: "a", afterId: "y" });
  expect(drop("x", "y", "after")).toEqual({ parentId: "a", afterId: "y" });
  // Counted without the moving one itself.
  expect(drop("b", "c", "before")).toEqual({ parentId: null, afterId: "a" });
});

test("nothing is dropped on itself or below itself", () => {
  expect(dropPlace(channels, id("a"), id("a"), "after")).toBeUndefined();
  expect(dropPlace(channels, id("a"), id("y"), "inside")).toBeUndefined();
});

test("keys move among siblings, in and out, and stop at the ends", () => {
  const press = (moving: string, key: "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight") =>
    keyPlace(channels, id(moving), key);
  expect(press("b", "ArrowUp")).toEqual({ parentId: null, afterId: null });
  expect(press("c", "ArrowUp")).toEqual({ parentId: null, afterId: "a" });
  expect(press("a", "ArrowDown")).toEqual({ parentId: null, afterId: "b" });
  expect(press("b", "ArrowRight")).toEqual({ parentId: "a", afterId: "y" });
  expect(press("y", "ArrowLeft")).toEqual({ parentId: null, afterId: "a" });
  for (const [moving, key] of [
    ["a", "ArrowUp"],
    ["a", "ArrowRight"],
    ["a", "ArrowLeft"],
    ["c", "ArrowDown"],
  ] as const) {
    expect(press(moving, key)).toBeUndefined();
  }
});
