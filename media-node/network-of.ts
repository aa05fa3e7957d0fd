/** Where an address is: what bounds per network count by, and what nobody outside should be told. */
import ipaddr from "ipaddr.js";

/** An IPv4 address, or the /64 of an IPv6 one, which one customer has all of. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return ipaddr.fromByteArray(parsed.toByteArray().fill(0, 8)).toString();
}

/** Loopback, LAN, link-local and the like: an address that means something only where it is used. */
export const isPrivate = (address: string | undefined): boolean =>
  address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() !== "unicast";
