/** A socket that the kernel takes nothing more from, because the network behind it really is too slow. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { STANDING_BYTES_MAX } from "@parley/media-node/rtc/send-queue";
import { beforeAll, describe, expect, it } from "vitest";
import type { NarrowNetwork } from "./support/narrow-network-process.ts";
import { ensurePrograms } from "./support/programs.ts";
import { START_FLAGS } from "./support/start-flags.ts";

const SCRIPT = resolve(import.meta.dirname, "support/narrow-network-process.ts");
/** About what the voices there have, sealed. */
const PACKET_BYTES = 150;
/** Of 8 Mbit/s the network takes 3. */
const BYTES_TOO_MUCH_PER_TICK = 65_000;
const HEAP_GROWTH_BYTES_MAX = 24 * 2 ** 20;

describe.each([
  ["as `npm start` has Node, in batches", START_FLAGS],
  ["in a Node without flags, one by one", []],
])("%s, a node", (_, flags) => {
  let network: NarrowNetwork;

  beforeAll(async () => {
    ensurePrograms(() => {});
    const namespace = process.getuid?.() === 0 ? ["--net"] : ["--user", "--map-root-user", "--net"];
    const child = spawn("unshare", [...namespace, process.execPath, ...flags, SCRIPT], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    const output = await text(child.stdout);
    expect(await exited).toEqual([0, null]);
    network = JSON.parse(output) as NarrowNetwork;
  });

  it("fills up to its bound and no further: what is too much is dropped and counted, and voices are given up", () => {
    // At first it might be a burst, for which there is more room: what comes too much until a tick or two have seen it.
    expect(network.waitingBytesMax).toBeGreaterThan(STANDING_BYTES_MAX - PACKET_BYTES);
    expect(network.waitingBytesMax).toBeLessThan(STANDING_BYTES_MAX + BYTES_TOO_MUCH_PER_TICK * 2);
    expect(network.dropped).toBeGreaterThan(0);
    expect(network.shedVoicesMax).toBeGreaterThan(0);
    expect(network.heapGrowthBytes).toBeLessThan(HEAP_GROWTH_BYTES_MAX);
  });

  it("sends what waited as it was sealed: all that arrives is whole and somebody's own words", () => {
    expect(network.arrived).toBeGreaterThan(STANDING_BYTES_MAX / PACKET_BYTES);
    expect(network.intact).toBe(network.arrived);
  });

  it("recovers: after a pause everybody hears every packet of a talker again", () => {
    const [talker, ...listeners] = network.heardAfterwards;
    expect(talker).toBe(0);
    expect(new Set(listeners)).toEqual(new Set([25]));
    expect(network.waitingBytesAfterwards).toBe(0);
  });
});
