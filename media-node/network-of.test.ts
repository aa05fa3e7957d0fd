import { expect, it } from "vitest";
import { isPrivate, networkOf } from "./network-of.ts";

it("one customer's addresses are one network, in whatever way they are written", () => {
  expect(networkOf("2001:db8:1:2::1")).toBe(networkOf("2001:0db8:1:2:ffff::9"));
  expect(networkOf("2001:db8:1:2::1")).not.toBe(networkOf("2001:db8:1:3::1"));
  expect(networkOf("::ffff:192.0.2.1")).toBe(networkOf("192.0.2.1"));
  expect(networkOf("192.0.2.1")).not.toBe(networkOf("192.0.2.2"));
  expect(networkOf(undefined)).toBe(networkOf("not an address"));
});

it("addresses of LANs, loopback and carriers' NATs are private, others aren't", () => {
  for (const address of [
    "127.0.0.1",
    "10.1.2.3",
    "::ffff:172.17.0.2",
    "fd00::1",
    "fe80::1",
    "100.64.0.1",
    "::1",
  ])
    expect(isPrivate(address), address).toBe(true);
  for (const address of ["8.8.8.8", "2606:4700::1111", "::ffff:9.9.9.9"])
    expect(isPrivate(address), address).toBe(false);
});
