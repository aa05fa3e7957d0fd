/** The boundary between rooms and whatever carries packets. Nothing past it names a WebRTC library. */
import type { ForwardedPacket, MediaPacket } from "../core/media-packet.ts";

export interface MediaTransportEvents {
  onPacket: (packet: MediaPacket) => void;
  /** Once, when the connection is lost or closed by the client; not after `close()`. */
  onLost: () => void;
}

export interface MediaTransport {
  /** SDP answer for the client. */
  readonly answer: string;
  /** By voice. */
  readonly outlets: readonly VoiceOutlet[];
  close(): void;
}

/** Where a client's copies of one voice go. */
export interface VoiceOutlet {
  /** Sends at once or drops: a late voice packet is worth nothing. */
  send(packet: ForwardedPacket): void;
}

export interface MediaTransportFactory {
  /** Answers an offer, with these addresses as candidates. Throws AppError `sdp_invalid`, `sdp_without_audio` or `node_full`. */
  accept(sdp: string, addresses: readonly string[], events: MediaTransportEvents): Promise<MediaTransport>;
}
