/**
 * Which addresses a node offers as ICE host candidates: PUBLIC_ADDRESS if it is set (werift adds the
 * interfaces' own), else those of its interfaces plus the one by which this client reached it, so that NAT, bridges and localhost work unset.
 * A forged Host header misleads only its sender.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

export async function hostAddresses(
  publicAddress: string | undefined,
  reachedBy: string | undefined,
): Promise<string[]> {
  if (publicAddress) return resolve(publicAddress);
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && !address.address.startsWith("fe80:"))
    .map((address) => address.address);
  return [...new Set([...own, ...(reachedBy ? await resolve(hostName(reachedBy)) : [])])];
}

/** Host of a Host header: `name:port`, `1.2.3.4:port` or `[::1]:port`. */
function hostName(header: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(header)?.[1];
  return bracketed ?? header.replace(/:\d+$/, "");
}

async function resolve(name: string): Promise<string[]> {
  if (isIP(name)) return [name];
  if (name === "localhost") return ["127.0.0.1", "::1"];
  // A name that doesn't resolve here is the client's affair: the other addresses may still reach.
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map((entry) => entry.address);
}
