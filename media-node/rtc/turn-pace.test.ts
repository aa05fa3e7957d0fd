import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { TurnPace } from "./turn-pace.ts";

const TURN_MAX = 3;
const HELD_MAX = 256;

function open() {
  const handled: number[] = [];
  let [turnDone, turns, dropped] = [0, 0, 0];
  const pace = new TurnPace<number>({
    handle: (n) => {
      handled.push(n);
      turnDone++;
    },
    isTurnFull: () => turnDone >= TURN_MAX,
    beginTurn: () => {
      turnDone = 0;
      turns++;
    },
    heldMax: HELD_MAX,
    onDropped: () => dropped++,
  });
  return { pace, handled, turns: () => turns, dropped: () => dropped };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

it("handles a turn's share at once and the rest in the turns to come, in order", async () => {
  const { pace, handled } = open();
  for (const n of upTo(10)) pace.receive(n);
  expect(handled).toEqual(upTo(3));
  await turn();
  expect(handled).toEqual(upTo(6));
  // What comes now comes behind those that wait.
  for (const n of [10, 11, 12]) pace.receive(n);
  await turn();
  expect(handled).toEqual(upTo(9));
  for (let n = 0; n < 3; n++) await turn();
  expect(handled).toEqual(upTo(13));
});

it("holds so many and no more, whatever comes in one turn, and doesn't turn without need", async () => {
  const { pace, handled, turns, dropped } = open();
  for (const n of upTo(1_000)) pace.receive(n);
  expect(handled.length).toBe(TURN_MAX);
  expect(dropped()).toBe(1_000 - TURN_MAX - HELD_MAX);
  for (let n = 0; n < HELD_MAX; n++) await turn();
  expect(handled).toEqual(upTo(TURN_MAX + HELD_MAX));
  expect(turns()).toBe(Math.ceil(HELD_MAX / TURN_MAX));
});

it("handles nothing any more once it is closed", async () => {
  const { pace, handled } = open();
  for (const n of upTo(5)) pace.receive(n);
  pace.close();
  await turn();
  expect(handled).toEqual(upTo(3));
});
