import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { HostAddresses, type HostAddressesOptions } from "./host-addresses.ts";
import { HostNames } from "./host-names.ts";

/** The name servers are faked, as networks are. */
const records: Record<string, string[]> = {
  "talk.example": ["203.0.113.9", "8.8.4.4"],
  "inside.example": ["10.0.0.5", "8.8.4.4"],
};
const errors: unknown[] = [];

function open(options: Partial<HostAddressesOptions> = {}): Promise<HostAddresses> {
  const names = new HostNames({
    resolve4: async (name) => records[name] ?? [],
    resolve6: () => Promise.reject(new Error("no such record")),
  });
  return HostAddresses.open(
    {
      publicAddress: undefined,
      listenHost: undefined,
      ownNames: [],
      onError: (error) => errors.push(error),
      ...options,
    },
    names,
  );
}

async function addresses(host?: string, options: Partial<HostAddressesOptions> = {}, isNear = true) {
  return (await open(options)).for({ host, isNear });
}

const own = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"));
const onLoopback = { listenHost: "127.0.0.1" };

describe("a node's addresses", () => {
  it("are PUBLIC_ADDRESS alone where it is set, whatever the client says", async () => {
    expect(await addresses("198.51.100.1:3000", { publicAddress: "192.0.2.7" })).toEqual(["192.0.2.7"]);
    expect(await addresses(undefined, { publicAddress: "localhost" })).toContain("127.0.0.1");
  });

  it("aren't guessed when PUBLIC_ADDRESS can't be resolved: the start fails by its name", async () => {
    await expect(open({ publicAddress: "no.such.invalid" })).rejects.toThrow(
      "PUBLIC_ADDRESS: no.such.invalid",
    );
  });

  it("begin with the one by which the client came, in each way of writing it", async () => {
    for (const [reachedBy, expected] of [
      ["198.51.100.1:3000", "198.51.100.1"],
      ["198.51.100.1", "198.51.100.1"],
      ["[2001:db8::1]:3000", "2001:db8::1"],
      ["[2001:db8::1]", "2001:db8::1"],
      ["localhost:3000", "127.0.0.1"],
      ["Talk.example:3000", "203.0.113.9"],
    ] as const)
      expect((await addresses(reachedBy))[0], reachedBy).toBe(expected);
  });

  it("are those of the interfaces, but not loopback or link-local ones, where everything is listened on", async () => {
    expect(await addresses()).toEqual(own.map(({ address }) => address));
    expect(await addresses(undefined, { listenHost: "::" })).toEqual(own.map(({ address }) => address));
    const ipv4 = own.filter(({ family }) => family === "IPv4").map(({ address }) => address);
    expect(await addresses(undefined, { listenHost: "0.0.0.0" })).toEqual(ipv4);
    expect(ipv4.length, "this machine has an address").toBeGreaterThan(0);
  });

  it("are the one that it listens on where that is set", async () => {
    expect(await addresses("198.51.100.1", onLoopback)).toEqual(["198.51.100.1", "127.0.0.1"]);
  });

  it("don't change by a Host that no resolver knows, or that is no name, and are 12 at most", async () => {
    for (const host of ["no.such.invalid:1", "0.0.0.0", "a b", "x".repeat(300), ""])
      expect(await addresses(host, onLoopback), host).toEqual(["127.0.0.1"]);
    expect((await addresses("localhost")).length).toBeLessThanOrEqual(12);
  });

  it("tell a stranger nothing of the network inside; who is in it, or uses a name of ours, is told", async () => {
    expect(await addresses("inside.example", onLoopback, false)).toEqual(["8.8.4.4", "127.0.0.1"]);
    const all = ["10.0.0.5", "8.8.4.4", "127.0.0.1"];
    expect(await addresses("inside.example", onLoopback, true)).toEqual(all);
    const ownNames = ["inside.example"];
    expect(await addresses("inside.example", { ...onLoopback, ownNames }, false)).toEqual(all);
  });
});
