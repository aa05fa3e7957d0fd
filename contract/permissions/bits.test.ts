import { expect, test } from "vitest";
import * as P from "../permissions.ts";

test.each(["0", "7", P.ALL.toString()])("bits on the wire: %s is read", (text) => {
  expect(P.permissionBitsSchema.parse(text)).toBe(BigInt(text));
});

test.each([
  ["2^63", (2n ** 63n).toString(), "unknown_bit"],
  ["a bit that doesn't exist", (1n << 12n).toString(), "unknown_bit"],
  ["a negative", "-1", "not_decimal"],
  ["a float", "1.5", "not_decimal"],
  ["an exponent", "1e3", "not_decimal"],
  ["hexadecimal", "0x7", "not_decimal"],
  ["a leading zero", "07", "not_decimal"],
  ["nothing", "", "not_decimal"],
  ["a space", " 7", "not_decimal"],
  ["more than 63 bits can say", "9".repeat(20), "not_decimal"],
])("bits on the wire: %s is refused", (_, text, code) => {
  expect(P.permissionBitsSchema.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([code]);
});

test("bits on the wire: a JSON number is refused", () => {
  expect(P.permissionBitsSchema.safeParse(7).success).toBe(false);
});

test("every permission has one name, and names have no other bits", () => {
  expect(P.PERMISSION_NAMES.reduce((sum, { bit }) => sum + bit, 0n)).toBe(P.ALL);
  for (const { bit, scope, key } of P.PERMISSION_NAMES) {
    expect((P as Record<string, unknown>)[key]).toBe(bit);
    expect(P.has(scope === "channel" ? P.CHANNEL_BITS : P.ORG_ONLY_BITS, bit)).toBe(true);
  }
});
