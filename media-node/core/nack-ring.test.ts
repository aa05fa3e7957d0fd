import { describe, expect, it } from "vitest";
import { NackRing, walkNack } from "./nack-ring.ts";

const packet = (n: number) => Buffer.of(n, n + 1, n + 2);

describe("a NACK ring", () => {
  it("gives back the last 16 packets byte for byte, across the wrap, and none before", () => {
    const ring = new NackRing();
    for (let n = 0; n < 100; n++)
      ring.store((65_500 + n) & 0xffff, Buffer.concat([Buffer.from("ab"), packet(n)]), 2, 3);
    for (let n = 0; n < 100; n++)
      expect(ring.findAgain((65_500 + n) & 0xffff), `${n}`).toEqual(
        n < 84 ? undefined : Uint8Array.from(packet(n)),
      );
  });

  it("repeats a packet twice and no more, however often it is asked for", () => {
    const ring = new NackRing();
    ring.store(7, packet(1), 0, 3);
    expect(Array.from({ length: 1_000 }, () => ring.findAgain(7)).filter(Boolean)).toHaveLength(2);
  });

  it("keeps nothing that is larger than voice", () => {
    const ring = new NackRing();
    ring.store(7, Buffer.alloc(257), 0, 257);
    expect(ring.findAgain(7)).toBeUndefined();
  });
});

it("a NACK names its first packet and those of its mask, across the wrap", () => {
  const asked: number[] = [];
  const body = Uint8Array.of(0xff, 0xff, 0x80, 0x01, 0x00, 0x10, 0x00, 0x00);
  walkNack(body, 0, body.length, (sequenceNumber) => asked.push(sequenceNumber));
  expect(asked).toEqual([0xffff, 0, 15, 16]);
});

it("a NACK as long as a packet can be is read no further than the ring could answer", () => {
  let asked = 0;
  walkNack(new Uint8Array(1_400).fill(0xff), 0, 1_400, () => asked++);
  expect(asked).toBe(16 * 17);
});
