/** A socket that the kernel takes nothing more from, because the network behind it really is too slow. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { SEND_QUEUE_MAX } from "@parley/media-node/rtc/sealed-slots";
import { beforeAll, expect, it } from "vitest";
import type { NarrowNetwork } from "./support/narrow-network-process.ts";
import { ensurePrograms } from "./support/programs.ts";

const SCRIPT = resolve(import.meta.dirname, "support/narrow-network-process.ts");
const HEAP_GROWTH_BYTES_MAX = 24 * 2 ** 20;

let network: NarrowNetwork;

beforeAll(async () => {
  ensurePrograms(() => {});
  const namespace = process.getuid?.() === 0 ? ["--net"] : ["--user", "--map-root-user", "--net"];
  const child = spawn("unshare", [...namespace, process.execPath, SCRIPT], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const output = await text(child.stdout);
  expect(await exited).toEqual([0, null]);
  network = JSON.parse(output) as NarrowNetwork;
});

it("fills up to its bound and no further: what is too much is dropped and counted, and voices are given up", () => {
  expect(network.waitingMax).toBe(SEND_QUEUE_MAX);
  expect(network.dropped).toBeGreaterThan(0);
  expect(network.shedVoicesMax).toBeGreaterThan(0);
  expect(network.heapGrowthBytes).toBeLessThan(HEAP_GROWTH_BYTES_MAX);
});

it("sends what waited as it was sealed: all that arrives is whole and somebody's own words", () => {
  expect(network.arrived).toBeGreaterThan(SEND_QUEUE_MAX);
  expect(network.intact).toBe(network.arrived);
});

it("recovers: after a pause everybody hears every packet of a talker again", () => {
  const [talker, ...listeners] = network.heardAfterwards;
  expect(talker).toBe(0);
  expect(new Set(listeners)).toEqual(new Set([25]));
  expect(network.waitingAfterwards).toBe(0);
});
