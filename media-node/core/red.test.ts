import { expect, it } from "vitest";
import { redPrimaryOffset } from "./red.ts";

const header = (payloadType: number, bytes: number) => [
  0x80 | payloadType,
  0,
  (bytes >> 8) & 3,
  bytes & 0xff,
];

it("finds the primary frame behind the repeated ones", () => {
  const payload = Uint8Array.from([...header(111, 3), ...header(111, 2), 111, 1, 1, 1, 2, 2, 9, 9]);
  expect([...payload.subarray(redPrimaryOffset(payload, 111))]).toEqual([9, 9]);
  expect(redPrimaryOffset(Uint8Array.of(111, 5), 111)).toBe(1);
});

it.each([
  ["nothing", []],
  ["a header cut short", [0x80 | 111, 0, 0]],
  ["blocks longer than the payload", [...header(111, 900), 111, 1]],
  ["no primary frame", [...header(111, 2), 111, 1, 1]],
  ["another codec's frame", [...header(8, 1), 111, 1, 1]],
  ["headers without end", Array.from({ length: 40 }, () => header(111, 0)).flat()],
])("refuses %s", (_what, bytes) => {
  expect(redPrimaryOffset(Uint8Array.from(bytes), 111)).toBe(-1);
});
