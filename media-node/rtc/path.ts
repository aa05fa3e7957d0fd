/** A way to a client: a remote address on our UDP socket, or a TCP connection. It belongs to at most one peer. */
import type { Peer } from "./peer.ts";

/** As RFC 9000 §8.1 has it: so many bytes per received one go to an address that hasn't proved to be the client's. */
const CREDIT_PER_BYTE = 3;
/** More than a handshake takes. What comes while its address is proven earns nothing for when it isn't any more. */
const CREDIT_BYTES_MAX = 16_384;

export abstract class Path {
  readonly address: string;
  readonly port: number;
  /** Set by the first authenticated check, cleared when the peer lets go. */
  peer: Peer | undefined;
  /** When its last authenticated check came, and of what PRIORITY it was. */
  checkedAtMs: number;
  priority = 0;
  /** The client has answered on it to a request of ours. */
  isProven = false;
  /** Bytes that may still be sent on trust. */
  #creditBytes = 0;

  constructor(address: string, port: number, nowMs: number) {
    this.address = address;
    this.port = port;
    this.checkedAtMs = nowMs;
  }

  /** A packet came on it, whoever wrote its source address. */
  received(bytes: number): void {
    if (!this.isProven)
      this.#creditBytes = Math.min(CREDIT_BYTES_MAX, this.#creditBytes + CREDIT_PER_BYTE * bytes);
  }

  /** Sends to an address that may be forged. False where it has had its share and must prove itself first. */
  sendOnTrust(packet: Uint8Array): boolean {
    if (!this.isProven) {
      if (packet.length > this.#creditBytes) return false;
      this.#creditBytes -= packet.length;
    }
    this.send(packet);
    return true;
  }

  /** Sends at once or drops. The packet's bytes must stay as they are until the socket has taken them. */
  abstract send(packet: Uint8Array): void;

  /** Kernel address to seal the next packet to; −1 where too much waits already and it must be dropped. */
  abstract placeToSeal(): number;

  /** Sends what was just sealed at the address of `placeToSeal`. */
  abstract sendSealed(address: number, bytes: number): void;

  /** A peer was authenticated here: from now on packets of this source are theirs. */
  abstract attach(peer: Peer): void;

  abstract close(): void;
}
