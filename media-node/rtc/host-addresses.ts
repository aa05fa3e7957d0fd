/**
 * Which addresses a node offers as ICE host candidates: PUBLIC_ADDRESS if it is set, else the address that it
 * listens on or its interfaces', plus the one by which this client reached it, so that NAT, bridges and
 * localhost work unset. A forged Host header misleads only its sender.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

/** More would only slow the client's checks down. */
const ADDRESSES_MAX = 12;
const LOOKUP_MS_MAX = 1_000;

export interface AddressSources {
  publicAddress: string | undefined;
  /** Where the sockets are bound; undefined is everywhere. */
  listenHost: string | undefined;
  /** The Host header of the client's signalling. */
  reachedBy: string | undefined;
}

export async function hostAddresses(sources: AddressSources): Promise<string[]> {
  if (sources.publicAddress) return resolve(sources.publicAddress);
  const own = sources.listenHost ? await resolve(sources.listenHost) : interfaceAddresses();
  const reached = sources.reachedBy ? await resolve(hostName(sources.reachedBy)) : [];
  // The way by which the client came is the one most likely to work.
  return [...new Set([...reached, ...own])].slice(0, ADDRESSES_MAX);
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && !address.address.startsWith("fe80:"))
    .map((address) => address.address);
}

/** Host of a Host header: `name:port`, `1.2.3.4:port` or `[::1]:port`. */
function hostName(header: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(header)?.[1];
  return bracketed ?? header.replace(/:\d+$/, "");
}

async function resolve(name: string): Promise<string[]> {
  if (isIP(name)) return [name];
  if (name === "localhost") return ["127.0.0.1", "::1"];
  // A name that doesn't resolve here, or not soon, is the client's affair: the other addresses may still reach.
  const found = await Promise.race([
    lookup(name, { all: true }).catch(() => []),
    nothingAfter(LOOKUP_MS_MAX),
  ]);
  return found.map((entry) => entry.address);
}

const nothingAfter = (ms: number) =>
  new Promise<[]>((done) => {
    setTimeout(() => done([]), ms).unref();
  });
