import type { ForwardedPacket } from "../../core/media-packet.ts";

/** A packet as a room forwards it to one listener, where it matters only which one it is and what is said. */
export const forwarded = (number: number, payload: Uint8Array): ForwardedPacket => ({
  sequenceNumber: number,
  timestamp: number,
  marker: false,
  csrc: 7,
  atTicks: 0,
  payload,
});
