/** What a client may send: its one announced stream of Opus, and nothing else. */
import type { MediaPacket } from "../../core/media-packet.ts";
import type { DropCounters } from "../drop-counters.ts";
import type { Offer } from "../offer.ts";
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
  readonly #offer: Offer;
  readonly #drops: DropCounters;
  readonly #onPacket: (packet: MediaPacket) => void;
  /** Announced by the offer, else the first that was authentic: SDP may leave it out (RFC 8829 §5.2.1). */
  #ssrc: number | undefined;

  constructor(offer: Offer, drops: DropCounters, onPacket: (packet: MediaPacket) => void) {
    this.#offer = offer;
    this.#drops = drops;
    this.#onPacket = onPacket;
    this.#ssrc = offer.microphone?.ssrc;
  }

  /** Is a sealed packet worth opening? Counts why not. */
  admits(packet: Uint8Array): boolean {
    if (rtpHeaderBytes(packet) < 0) return this.#refuse("rtp_malformed");
    if (!this.#offer.microphone || (this.#ssrc !== undefined && rtpSsrc(packet) !== this.#ssrc))
      return this.#refuse("rtp_foreign_ssrc");
    if (rtpPayloadType(packet) !== this.#offer.microphone.payloadType)
      return this.#refuse("rtp_payload_type");
    return true;
  }

  /** Takes an opened packet that `admits` let through. What it reports is a view, good until the next packet. */
  receive(packet: Uint8Array, length: number): void {
    const headerBytes = rtpHeaderBytes(packet, length);
    const payloadBytes = headerBytes < 0 ? -1 : rtpPayloadBytes(packet, headerBytes, length);
    if (payloadBytes < 0) return this.#drops.count("rtp_malformed");
    this.#ssrc ??= rtpSsrc(packet);
    if (payloadBytes === 0) return; // a probe or keep-alive: padding alone
    this.#onPacket({
      sequenceNumber: rtpSequenceNumber(packet),
      timestamp: rtpTimestamp(packet),
      marker: rtpMarker(packet),
      levelDbov: this.#level(packet, headerBytes),
      payload: packet.subarray(headerBytes, headerBytes + payloadBytes),
    });
  }

  /** RFC 6464 §3: seven bits of −dBov. */
  #level(packet: Uint8Array, headerBytes: number): number | undefined {
    const id = this.#offer.microphone?.audioLevelId;
    const offset = id === undefined ? -1 : rtpExtensionOffset(packet, headerBytes, id);
    return offset < 0 ? undefined : -((packet[offset] as number) & 0x7f);
  }

  #refuse(reason: "rtp_malformed" | "rtp_foreign_ssrc" | "rtp_payload_type"): false {
    this.#drops.count(reason);
    return false;
  }
}
