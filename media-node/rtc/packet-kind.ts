/** What a datagram is, by its first byte (RFC 7983 §7). Several protocols share one port. */
export type PacketKind = "stun" | "dtls" | "rtp" | "rtcp";

export function packetKind(packet: Uint8Array): PacketKind | undefined {
  const first = packet[0];
  if (first === undefined) return undefined;
  if (first <= 3) return "stun";
  if (first >= 20 && first <= 63) return "dtls";
  if (first < 128 || first > 191) return undefined;
  // RFC 5761 §4: RTCP's packet types, seen where RTP has marker and payload type.
  const second = packet[1] ?? 0;
  return second >= 192 && second <= 223 ? "rtcp" : "rtp";
}
