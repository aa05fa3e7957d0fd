/** A way to a client: a remote address on our UDP socket, or a TCP connection. It belongs to at most one peer. */
import { TokenBucket } from "../core/token-bucket.ts";
import type { Peer } from "./peer.ts";

/**
 * Bounds the work that one source can cause before it is authenticated, some 5 % of a core. It is far above what
 * a client sends, so that whoever forges a client's address must send as much to silence it.
 */
const PACKETS_PER_SECOND = 5_000;
const PACKETS_BURST = 5_000;

export abstract class Path {
  readonly address: string;
  readonly port: number;
  /** The address in one word, for what is bound to it. */
  readonly tuple: string;
  readonly bucket: TokenBucket;
  /** Set by the first authenticated check, cleared when the peer lets go. */
  peer: Peer | undefined;
  /** When its last authenticated check came. */
  checkedAtMs: number;

  constructor(protocol: "udp" | "tcp", address: string, port: number, nowMs: number) {
    this.address = address;
    this.port = port;
    this.tuple = `${protocol}/${address}/${port}`;
    this.bucket = new TokenBucket(PACKETS_PER_SECOND, PACKETS_BURST, nowMs);
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
