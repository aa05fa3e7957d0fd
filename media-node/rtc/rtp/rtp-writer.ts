import type { ForwardedPacket } from "../../core/media-packet.ts";

const HEADER_BYTES = 16;

/** Writes an RTP packet with its talker as the only CSRC (RFC 3550 §5.1); answers its length. */
export function writeRtp(out: Buffer, ssrc: number, payloadType: number, packet: ForwardedPacket): number {
  out[0] = 0x81; // version 2, one CSRC
  out[1] = (packet.marker ? 0x80 : 0) | payloadType;
  out.writeUInt16BE(packet.sequenceNumber, 2);
  out.writeUInt32BE(packet.timestamp, 4);
  out.writeUInt32BE(ssrc, 8);
  out.writeUInt32BE(packet.csrc, 12);
  out.set(packet.payload, HEADER_BYTES);
  return HEADER_BYTES + packet.payload.length;
}
