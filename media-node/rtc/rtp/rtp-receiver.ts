/** What a client may send: its one announced stream of Opus, and nothing else. */
import type { MediaPacket } from "../../core/media-packet.ts";
import { redPrimaryOffset } from "../../core/red.ts";
import type { DropCounters } from "../drop-counters.ts";
import type { Offer } from "../offer.ts";
import { PACKET_SPACE_BYTES, RECEIVED } from "../srtp/memory-layout.ts";
import { kernelBytes } from "../srtp/srtp-kernel.ts";
import {
  rtpExtensionOffset,
  rtpHeaderBytes,
  rtpMarker,
  rtpPayloadBytes,
  rtpPayloadType,
  rtpSequenceNumber,
  rtpSsrc,
  rtpTimestamp,
} from "./rtp-packet.ts";

export class RtpReceiver {
  readonly #microphone: Offer["microphone"];
  readonly #drops: DropCounters;
  readonly #onPacket: (packet: MediaPacket) => void;
  /** Announced by the offer, else the first that was authentic: SDP may leave it out (RFC 8829 §5.2.1). */
  #ssrc: number | undefined;

  constructor(offer: Offer, drops: DropCounters, onPacket: (packet: MediaPacket) => void) {
    this.#microphone = offer.microphone;
    this.#drops = drops;
    this.#onPacket = onPacket;
    this.#ssrc = offer.microphone?.ssrc;
  }

  /** The header's bytes of a sealed packet that is worth opening; −1 for another, and counts why. */
  admit(packet: Uint8Array): number {
    const headerBytes = rtpHeaderBytes(packet);
    if (headerBytes < 0) return this.#refuse("rtp_malformed");
    if (!this.#microphone || (this.#ssrc !== undefined && rtpSsrc(packet) !== this.#ssrc))
      return this.#refuse("rtp_foreign_ssrc");
    const type = rtpPayloadType(packet);
    const { payloadType, redPayloadType } = this.#microphone;
    if (type !== payloadType && type !== redPayloadType) return this.#refuse("rtp_payload_type");
    return headerBytes;
  }

  /**
   * Takes an opened packet that `admit` let through, and the header's bytes that it answered. What it reports is
   * one and the same object, good until the next packet; where the packet is `receivedPacket`, nothing is allocated.
   */
  receive(packet: Buffer, headerBytes: number, length: number): void {
    const payloadBytes = rtpPayloadBytes(packet, headerBytes, length);
    if (payloadBytes < 0) return this.#drops.count("rtp_malformed");
    this.#ssrc ??= rtpSsrc(packet);
    if (payloadBytes === 0) return; // a probe or keep-alive: padding alone
    reported.sequenceNumber = rtpSequenceNumber(packet);
    reported.timestamp = rtpTimestamp(packet);
    reported.marker = rtpMarker(packet);
    reported.levelDbov = this.#level(packet, headerBytes);
    reported.payload = payloadOf(packet, headerBytes, payloadBytes);
    const opusType = this.#microphone?.payloadType;
    reported.redOf = rtpPayloadType(packet) === opusType ? undefined : opusType;
    if (reported.redOf !== undefined && redPrimaryOffset(reported.payload, reported.redOf) < 0)
      return this.#drops.count("rtp_malformed");
    this.#onPacket(reported);
  }

  /** RFC 6464 §3: seven bits of −dBov. */
  #level(packet: Uint8Array, headerBytes: number): number | undefined {
    const id = this.#microphone?.audioLevelId;
    const offset = id === undefined ? -1 : rtpExtensionOffset(packet, headerBytes, id);
    return offset < 0 ? undefined : -((packet[offset] as number) & 0x7f);
  }

  #refuse(reason: "rtp_malformed" | "rtp_foreign_ssrc" | "rtp_payload_type"): -1 {
    this.#drops.count(reason);
    return -1;
  }
}

/** Where SrtpSession.openReceivedRtp leaves what it opened. */
export const receivedPacket: Buffer = kernelBytes.subarray(RECEIVED, RECEIVED + PACKET_SPACE_BYTES);

const reported: MediaPacket = {
  sequenceNumber: 0,
  timestamp: 0,
  marker: false,
  levelDbov: undefined,
  payload: receivedPacket,
  redOf: undefined,
};

/**
 * Views are kept, of a few header lengths and all payload lengths: that bounds them. Whoever sends a larger header
 * pays for views of their own packets, and nobody else does.
 */
function payloadOf(packet: Buffer, headerBytes: number, payloadBytes: number): Uint8Array {
  if (packet !== receivedPacket || headerBytes > HEADER_BYTES_USUAL_MAX)
    return packet.subarray(headerBytes, headerBytes + payloadBytes);
  const key = headerBytes * PACKET_SPACE_BYTES + payloadBytes;
  let view = payloadViews.get(key);
  if (!view) {
    view = packet.subarray(headerBytes, headerBytes + payloadBytes);
    payloadViews.set(key, view);
  }
  return view;
}

/** Twelve bytes, and extensions as browsers send them. */
const HEADER_BYTES_USUAL_MAX = 48;
const payloadViews = new Map<number, Uint8Array>();
