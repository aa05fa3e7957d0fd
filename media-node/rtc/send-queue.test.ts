import fc from "fast-check";
import { expect, it } from "vitest";
import { BURST_BYTES_MAX, SendQueue, STANDING_BYTES_MAX } from "./send-queue.ts";
import { PACKET_SPACE_BYTES } from "./srtp/memory-layout.ts";

interface Waiting {
  place: number;
  bytes: number;
}

/** A socket that sends when it is told to, the oldest first. */
function open() {
  const waiting: Waiting[] = [];
  let waitingBytes = 0;
  const queue = new SendQueue(() => waitingBytes);
  const isFree = (place: number) =>
    waiting.every((other) => place + PACKET_SPACE_BYTES <= other.place || other.place + other.bytes <= place);
  const give = (bytes: number): boolean => {
    const place = queue.place();
    if (place < 0) return false;
    if (!isFree(place)) expect.unreachable("somebody's packet lies there");
    queue.keep(bytes);
    waiting.push({ place, bytes });
    waitingBytes += bytes;
    return true;
  };
  const send = (packets: number) => {
    for (const { bytes } of waiting.splice(0, packets)) waitingBytes -= bytes;
  };
  return { queue, waiting, give, send };
}

it("a packet is never sealed over one that waits, whatever is sent when", () => {
  const steps = fc.array(
    fc.record({
      packets: fc.integer({ min: 1, max: 300 }),
      bytes: fc.integer({ min: 1, max: PACKET_SPACE_BYTES }),
      sentShare: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const { queue, waiting, give, send } = open();
      for (const { packets, bytes, sentShare } of all) {
        for (let n = 0; n < packets; n++) give(bytes);
        send(Math.ceil(waiting.length * sentShare));
      }
      queue.close();
    }),
    { numRuns: 30 },
  );
});

it("takes a turn's burst, and less where the kernel left something of the turn before", () => {
  const { queue, waiting, give, send } = open();
  const fill = () => {
    while (give(1_000));
    return waiting.length * 1_000;
  };
  expect(fill()).toBeGreaterThanOrEqual(BURST_BYTES_MAX);
  expect(queue.hasRoom()).toBe(false);
  // The turn is over; what it gave is sent in the next one.
  queue.beginTurn();
  expect(queue.isStanding).toBe(false);
  send(waiting.length - 10);
  queue.beginTurn();
  expect(queue.isStanding).toBe(true);
  expect(fill()).toBeLessThan(STANDING_BYTES_MAX + 1_000);
  send(waiting.length);
  expect(fill()).toBeGreaterThanOrEqual(BURST_BYTES_MAX);
  queue.close();
});

it("a turn has given enough after some packets, and the next one begins anew", () => {
  const { queue, give, send, waiting } = open();
  const packetsOfTurn = () => {
    let packets = 0;
    for (; !queue.isTurnFull; packets++) give(100);
    return packets;
  };
  expect(packetsOfTurn()).toBe(164);
  // Also where nothing was sent meanwhile.
  queue.beginTurn();
  expect(packetsOfTurn()).toBe(164);
  send(waiting.length);
  expect(queue.isEmpty).toBe(true);
  expect(packetsOfTurn()).toBe(164);
  queue.close();
});

it("tells what waited at the least since it was asked", () => {
  const { queue, give, send } = open();
  for (let n = 0; n < 10; n++) give(1_000);
  expect(queue.takeStandingShare()).toBe(0);
  expect(queue.takeStandingShare()).toBe(10_000 / STANDING_BYTES_MAX);
  send(4);
  give(1_000);
  expect(queue.takeStandingShare()).toBe(6_000 / STANDING_BYTES_MAX);
  queue.close();
});
