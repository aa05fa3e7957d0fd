import { describe, expect, test } from "vitest";
import { clientIpOf, networkOf } from "./client-ip.ts";

const PROXY = "10.0.0.1";

describe("the caller's address", () => {
  test.each<[string, string | undefined, string | undefined, number, string | undefined]>([
    [
      "without proxies is the connection's, whatever a header says",
      "192.0.2.1",
      "198.51.100.1",
      0,
      "192.0.2.1",
    ],
    ["behind one proxy is what that one saw", PROXY, "198.51.100.1", 1, "198.51.100.1"],
    ["behind one proxy is not what the caller wrote", PROXY, "203.0.113.9, 198.51.100.1", 1, "198.51.100.1"],
    [
      "behind two proxies is what the outer one saw",
      PROXY,
      "203.0.113.9, 198.51.100.1, 10.0.0.2",
      2,
      "198.51.100.1",
    ],
    ["around a proxy is as much as is known", PROXY, "198.51.100.1", 2, "198.51.100.1"],
    ["around all proxies is the connection's", "192.0.2.1", undefined, 2, "192.0.2.1"],
    ["is IPv4 also in IPv6's clothes", "::ffff:192.0.2.1", undefined, 0, "192.0.2.1"],
    ["may come with a port", PROXY, "198.51.100.1:5511", 1, "198.51.100.1"],
    ["may come in brackets with a port", PROXY, "[2001:db8::1]:5511", 1, "2001:db8::1"],
    ["that is none falls back to the next that is", PROXY, "unknown", 1, PROXY],
    ["is unknown without a connection", undefined, "198.51.100.1", 0, undefined],
  ])("%s", (_name, peer, header, hops, expected) => {
    expect(clientIpOf(peer, header, hops)).toBe(expected);
  });
});

describe("what rates count by", () => {
  test("is the /64 of an IPv6 address", () => {
    const one = networkOf("2001:db8:1:2:3:4:5:6");
    expect(one).toBe("2001:db8:1:2::/64");
    expect(networkOf("2001:db8:1:2:ffff::1")).toBe(one);
    expect(networkOf("2001:db8:1:3:3:4:5:6")).not.toBe(one);
  });

  test("is an IPv4 address itself", () => {
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
    expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
  });
});
