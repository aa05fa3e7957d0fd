import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { hostAddresses } from "./host-addresses.ts";

const nothing = { publicAddress: undefined, listenHost: undefined, reachedBy: undefined };

describe("a node's addresses", () => {
  it("are PUBLIC_ADDRESS alone where it is set, whatever the client says", async () => {
    const sources = { ...nothing, publicAddress: "192.0.2.7", reachedBy: "198.51.100.1:3000" };
    expect(await hostAddresses(sources)).toEqual(["192.0.2.7"]);
  });

  it("begin with the one by which the client came, in each way of writing it", async () => {
    for (const [reachedBy, expected] of [
      ["198.51.100.1:3000", "198.51.100.1"],
      ["198.51.100.1", "198.51.100.1"],
      ["[2001:db8::1]:3000", "2001:db8::1"],
      ["[2001:db8::1]", "2001:db8::1"],
      ["localhost:3000", "127.0.0.1"],
    ] as const)
      expect((await hostAddresses({ ...nothing, reachedBy }))[0], reachedBy).toBe(expected);
  });

  it("are those of the interfaces, but not loopback or link-local ones", async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
      .map(({ address }) => address);
    expect(await hostAddresses(nothing)).toEqual(own);
  });

  it("are the one that it listens on where that is set", async () => {
    const sources = { ...nothing, listenHost: "127.0.0.1", reachedBy: "198.51.100.1" };
    expect(await hostAddresses(sources)).toEqual(["198.51.100.1", "127.0.0.1"]);
  });

  it("don't change by a Host that no resolver knows, and are 12 at most", async () => {
    expect(
      await hostAddresses({ ...nothing, listenHost: "127.0.0.1", reachedBy: "no.such.invalid:1" }),
    ).toEqual(["127.0.0.1"]);
    expect((await hostAddresses({ ...nothing, reachedBy: "localhost" })).length).toBeLessThanOrEqual(12);
  });
});
