import type { RemoteInfo } from "node:dgram";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { TurnPace } from "./turn-pace.ts";

const SOURCE: RemoteInfo = { address: "192.0.2.1", family: "IPv4", port: 9, size: 0 };
const TURN_MAX = 3;

/** What is handled counts as sent when a turn of the loop is over. */
function open() {
  const handled: number[] = [];
  const turns: number[] = [0];
  const pace = new TurnPace(
    (packet) => {
      handled.push(packet.readUInt16BE(0));
      turns[turns.length - 1] = (turns.at(-1) ?? 0) + 1;
    },
    () => (turns.at(-1) ?? 0) >= TURN_MAX,
  );
  const receive = (n: number) => pace.receive(Buffer.from([n >>> 8, n & 0xff]), SOURCE);
  return { pace, receive, handled, turns };
}

it("handles a turn's share at once and the rest in the turns to come, in order", async () => {
  const { receive, handled, turns } = open();
  for (let n = 0; n < 10; n++) receive(n);
  expect(handled).toEqual([0, 1, 2]);
  for (let passed = 0; passed < 3; passed++) {
    turns.push(0);
    // What comes now comes behind those that wait, though there would be time for it.
    receive(10 + passed);
    await turn();
  }
  turns.push(0);
  await turn();
  expect(handled).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(Math.max(...turns)).toBe(TURN_MAX);
});

it("holds so many and no more: beyond that the oldest is handled whatever waits", () => {
  const { receive, handled } = open();
  for (let n = 0; n < 1_000; n++) receive(n);
  expect(handled).toEqual(Array.from({ length: handled.length }, (_, n) => n));
  expect(1_000 - handled.length).toBe(64);
});

it("handles nothing any more once it is closed", async () => {
  const { pace, receive, handled, turns } = open();
  for (let n = 0; n < 5; n++) receive(n);
  pace.close();
  turns.push(0);
  await turn();
  expect(handled).toEqual([0, 1, 2]);
});
