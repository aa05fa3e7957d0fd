/**
 * Which addresses a node offers as ICE host candidates: PUBLIC_ADDRESS if it is set, else the address that it
 * listens on or its interfaces', plus the one by which this client reached it, so that NAT, bridges and
 * localhost work unset.
 */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { AppError } from "@parley/contract/errors";
import { isPrivate } from "../network-of.ts";
import { HostNames } from "./host-names.ts";

/** More would only slow the client's checks down. */
const ADDRESSES_MAX = 12;
const PUBLIC_ADDRESS_INTERVAL_MS = 60_000;

export interface HostAddressesOptions {
  /** PUBLIC_ADDRESS: an IP or a host name. */
  publicAddress: string | undefined;
  /** Where the sockets are bound; undefined is everywhere. */
  listenHost: string | undefined;
  /** Host names that are known to be this service's own, in lower case. */
  ownNames: readonly string[];
  /** PUBLIC_ADDRESS can't be resolved any more (its last addresses are still offered), or there is no address. */
  onError(error: unknown): void;
}

/** How a client reached us. */
export interface ReachedBy {
  /** The Host header. */
  host: string | undefined;
  /** The client itself is in a network of private addresses, with no proxy in between. */
  isNear: boolean;
}

export class HostAddresses {
  readonly #options: HostAddressesOptions;
  readonly #names: HostNames;
  #publicAddresses: string[] | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Throws an Error that names PUBLIC_ADDRESS when that can't be resolved. */
  static async open(options: HostAddressesOptions, names = new HostNames()): Promise<HostAddresses> {
    const addresses = new HostAddresses(options, names);
    const { publicAddress } = options;
    if (!publicAddress) return addresses;
    addresses.#publicAddresses = await addresses.#resolvePublic(publicAddress);
    if (isIP(publicAddress) === 0)
      addresses.#timer = setInterval(
        () => void addresses.#refresh(publicAddress),
        PUBLIC_ADDRESS_INTERVAL_MS,
      ).unref();
    return addresses;
  }

  private constructor(options: HostAddressesOptions, names: HostNames) {
    this.#options = options;
    this.#names = names;
  }

  /** The way by which the client came first, since that is the one most likely to work. Throws `unavailable`. */
  async for(reachedBy: ReachedBy): Promise<string[]> {
    if (this.#publicAddresses) return this.#publicAddresses;
    const reached = await this.#reached(reachedBy);
    const all = [...new Set([...reached, ...ownAddresses(this.#options.listenHost)])].slice(0, ADDRESSES_MAX);
    // A welcome without an address would be 15 s of silence.
    if (all.length > 0) return all;
    // A welcome without an address would be 15 s of silence.
    const detail = "This node knows no address of its own. Its operator must set PUBLIC_ADDRESS.";
    const error = new AppError("unavailable", { detail });
    this.#options.onError(error);
    throw error;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /**
   * A name is looked up for whoever says it, so it must not tell a stranger what our network is like inside: private
   * addresses are for those who are in such a network themselves, or for names that are our own.
   */
  async #reached({ host, isNear }: ReachedBy): Promise<string[]> {
    if (host === undefined) return [];
    const name = hostName(host).toLowerCase();
    if (isIP(name)) return isUnspecified(name) ? [] : [name];
    if (name === "localhost") return ["127.0.0.1", "::1"];
    const found = await this.#names.resolve(name);
    const isTrusted = isNear || this.#options.ownNames.includes(name);
    return isTrusted ? found : found.filter((address) => !isPrivate(address));
  }

  async #resolvePublic(name: string): Promise<string[]> {
    const found = isIP(name) ? [name] : await this.#names.resolveFresh(name);
    if (found.length > 0) return found.slice(0, ADDRESSES_MAX);
    throw new Error(`PUBLIC_ADDRESS: ${name} is no IP address and can't be resolved to one`);
  }

  async #refresh(name: string): Promise<void> {
    try {
      this.#publicAddresses = await this.#resolvePublic(name);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function ownAddresses(listenHost: string | undefined): string[] {
  if (listenHost !== undefined && !isUnspecified(listenHost))
    return listenHost === "localhost"
      ? ["127.0.0.1", "::1"]
      : isIP(listenHost)
        ? [listenHost]
        : interfaceAddresses();
  // 0.0.0.0 is all of IPv4 only.
  return interfaceAddresses().filter((address) => listenHost !== "0.0.0.0" || isIP(address) === 4);
}

const isUnspecified = (address: string) => address === "0.0.0.0" || address === "::";

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
