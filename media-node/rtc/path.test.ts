import { expect, it } from "vitest";
import { Path } from "./path.ts";

class CountingPath extends Path {
  sentBytes = 0;
  send(packet: Uint8Array) {
    this.sentBytes += packet.length;
  }
  placeToSeal() {
    return -1;
  }
  sendSealed() {}
  attach() {}
  close() {}
}

const PACKET = new Uint8Array(100);
const open = () => new CountingPath("192.0.2.1", 1, 0);
/** Sends until the path has had its share. */
function exhaust(path: CountingPath): number {
  const before = path.sentBytes;
  for (let n = 0; n < 10_000 && path.sendOnTrust(PACKET); n++);
  return path.sentBytes - before;
}

it("an address that hasn't proved itself is sent three bytes for each of its own", () => {
  const path = open();
  expect(exhaust(path)).toBe(0);
  path.received(200);
  expect(exhaust(path)).toBe(600);
});

it("an hour of voice earns it nothing for the time when the address may be another's", () => {
  const path = open();
  path.isProven = true;
  for (let n = 0; n < 180_000; n++) path.received(130);
  path.isProven = false;
  expect(exhaust(path)).toBe(0);
});

it("what it may be sent on trust is bounded, however much it sends", () => {
  const path = open();
  for (let n = 0; n < 1_000; n++) path.received(1_200);
  expect(exhaust(path)).toBeLessThanOrEqual(16_384);
});
