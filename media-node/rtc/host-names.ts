/**
 * Looks up names that strangers may choose. getaddrinfo would hold one of the few threads that files, mail and
 * databases share for as long as the slowest name server likes; this resolver asks by itself and gives up soon, asks
 * once for a name however many want to know it, and for a few names at a time.
 */
import { lookup, Resolver } from "node:dns/promises";

const TIMEOUT_MS = 500;
const UNDER_WAY_MAX = 8;
/** Longest that an answer is believed, the empty one, too. */
const KEPT_MS = 30_000;
const KEPT_MAX = 1_000;
/** RFC 1035 §2.3.4; names that aren't such, nobody need ask for. */
const NAME =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;

interface Kept {
  addresses: Promise<string[]>;
  atMs: number;
}

/** What asks: IPv4 and IPv6 addresses of a name; rejects when there are none. */
export interface NameServers {
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
}

export class HostNames {
  readonly #servers: NameServers;
  readonly #kept = new Map<string, Kept>();
  #underWay = 0;

  constructor(servers: NameServers = new Resolver({ timeout: TIMEOUT_MS, tries: 1 })) {
    this.#servers = servers;
  }

  /** Addresses of a name, none where it has none, isn't answered soon or too many others are asked for. */
  resolve(name: string): Promise<string[]> {
    const nowMs = performance.now();
    const kept = this.#kept.get(name);
    if (kept && nowMs - kept.atMs < KEPT_MS) return kept.addresses;
    if (!NAME.test(name) || this.#underWay >= UNDER_WAY_MAX) return Promise.resolve([]);
    const addresses = this.#ask(name);
    this.#kept.delete(name);
    this.#kept.set(name, { addresses, atMs: nowMs });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    return addresses;
  }

  /** As the system does, /etc/hosts included and as slowly as it likes: for names that the operator chose. */
  async resolveFresh(name: string): Promise<string[]> {
    const found = await lookup(name, { all: true }).catch(() => []);
    return found.map(({ address }) => address);
  }

  async #ask(name: string): Promise<string[]> {
    this.#underWay++;
    try {
      const both = await Promise.allSettled([this.#servers.resolve4(name), this.#servers.resolve6(name)]);
      return both.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    } finally {
      this.#underWay--;
    }
  }
}
