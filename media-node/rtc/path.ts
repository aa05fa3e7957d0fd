/** A way to a client: a remote address on our UDP socket, or a TCP connection. It belongs to at most one peer. */
import type { Peer } from "./peer.ts";

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

  constructor(address: string, port: number, nowMs: number) {
    this.address = address;
    this.port = port;
    this.checkedAtMs = nowMs;
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
