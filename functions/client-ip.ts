/** Who is calling, behind as many proxies as are trusted. */
import ipaddr from "ipaddr.js";

/**
 * `peer` is the connection's address as the runtime has it. Each trusted proxy appended the address of who called
 * it to X-Forwarded-For, so the caller stands that many places from the right; what is further left was written
 * by the caller and proves nothing. A header shorter than that means that the request came around a proxy: its
 * leftmost address is the most that is known.
 */
export function clientIpOf(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustedHops: number,
): string | undefined {
  // Only what counts is looked at: the parser throws inside for what is no address, which takes it long.
  const chain = [...(forwardedFor ?? "").split(","), peer ?? ""];
  for (const text of chain.slice(-1 - trustedHops)) {
    const address = parse(text);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** What rates count by: an IPv4 address, or the /64 of an IPv6 one, which one customer has all of. */
export function networkOf(ip: string | undefined): string | undefined {
  if (ip === undefined || !ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === "ipv4") return address.toString();
  const bytes = address.toByteArray().fill(0, 8);
  return `${ipaddr.fromByteArray(bytes).toString()}/64`;
}

/** Some proxies add a port, and some brackets. IPv4 in IPv6's clothes is IPv4. */
function parse(text: string): string | undefined {
  const trimmed = text.trim();
  // Most calls have no such header, and asking the library what an empty text is costs an exception.
  if (trimmed === "") return undefined;
  const bare = /^\[(.+)\](:\d+)?$/.exec(trimmed)?.[1] ?? trimmed.replace(/^([\d.]+):\d+$/, "$1");
  return bare !== "" && ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : undefined;
}
