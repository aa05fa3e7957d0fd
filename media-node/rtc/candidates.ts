/** Host candidates of an ICE-lite node (RFC 8839 §5.1, RFC 6544 §4.5): each address by UDP and by TCP, on one port. */
import { isIPv6 } from "node:net";

const HOST_TYPE_PREFERENCE = 126;
const COMPONENT_RTP = 1;
/** RFC 6544 §4.2: direction 4 of 7 is passive; UDP is to be preferred to any TCP. */
const TCP_PASSIVE = 4 << 13;
const UDP = 7 << 13;

/** Most wanted first. */
export function hostCandidates(addresses: readonly string[], port: number): string[] {
  const count = addresses.length;
  return [
    ...addresses.map((address, index) => candidate("udp", address, port, UDP + count - index, index)),
    ...addresses.map((address, index) =>
      candidate("tcp", address, port, TCP_PASSIVE + count - index, count + index),
    ),
  ];
}

function candidate(
  protocol: "udp" | "tcp",
  address: string,
  port: number,
  localPreference: number,
  foundation: number,
): string {
  // RFC 8445 §5.1.2.1.
  const priority = HOST_TYPE_PREFERENCE * 2 ** 24 + localPreference * 2 ** 8 + (256 - COMPONENT_RTP);
  const unbracketed = isIPv6(address) ? (address.split("%")[0] ?? address) : address;
  const kind = protocol === "tcp" ? "typ host tcptype passive" : "typ host";
  return `candidate:${foundation + 1} ${COMPONENT_RTP} ${protocol} ${priority} ${unbracketed} ${port} ${kind}`;
}
