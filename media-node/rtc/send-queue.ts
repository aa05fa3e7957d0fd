/**
 * What one socket has been given and has not sent yet. `npm start` has Node put datagrams behind each other, so that
 * the kernel takes many of them in one call (sendmmsg) once a turn of the event loop has read what there is; so a queue
 * that is there for a turn is the rule, and one that is there for two means that the network is too slow.
 */
import { PACKET_SPACE_BYTES } from "./srtp/memory-layout.ts";
import { allocate, release } from "./srtp/srtp-kernel.ts";

/** When a turn has given so much, some hundred voice packets, they should be sent before more is done. */
const TURN_BYTES = 16 * 1024;
/** A turn's last packet may have two thousand listeners. */
export const BURST_BYTES_MAX = 1024 * 1024;
/** What may wait while the kernel doesn't keep up. One datagram more is dropped, since late voice is worth nothing. */
export const STANDING_BYTES_MAX = 64 * 1024;
/** Behind the waiting bytes lie the packet that is being sealed, and what was left over where the ring closes. */
const RING_BYTES = BURST_BYTES_MAX + 2 * PACKET_SPACE_BYTES;

export class SendQueue {
  /** The socket's own count; it sends in order, so what waits is what was given to it last. */
  readonly #countWaitingBytes: () => number;
  readonly #ring = allocate(RING_BYTES);
  #next = 0;
  #turnBytes = 0;
  /** Whether it was empty at some time since the turn began. */
  #wasEmpty = true;
  #bytesMax = BURST_BYTES_MAX;
  #leastBytes = Number.POSITIVE_INFINITY;

  constructor(countWaitingBytes: () => number) {
    this.#countWaitingBytes = countWaitingBytes;
  }

  get isEmpty(): boolean {
    return this.#look() === 0;
  }

  /** Whether the kernel left something of the last turn. */
  get isStanding(): boolean {
    return this.#bytesMax === STANDING_BYTES_MAX;
  }

  /** Whether this turn has given enough; the next one begins with `beginTurn`, or when all is sent. */
  get isTurnFull(): boolean {
    return this.#turnBytes >= TURN_BYTES;
  }

  /** To be called once in a turn of the event loop, after it has read and sent. */
  beginTurn(): void {
    if (this.#look() === 0) return;
    this.#bytesMax = this.#wasEmpty ? BURST_BYTES_MAX : STANDING_BYTES_MAX;
    this.#wasEmpty = false;
    this.#turnBytes = 0;
  }

  /** Whether one more datagram may wait. */
  hasRoom(): boolean {
    return this.#look() < this.#bytesMax;
  }

  /**
   * Kernel address to seal a packet to; −1 when so much waits that it must be dropped. Until `keep` the place isn't
   * used: the next call answers the same one.
   */
  place(): number {
    const waitingBytes = this.#look();
    if (waitingBytes >= this.#bytesMax) return -1;
    // An empty queue starts over, so that in quiet times the same lines of the cache serve again and again.
    if (waitingBytes === 0 || this.#next + PACKET_SPACE_BYTES > RING_BYTES) this.#next = 0;
    return this.#ring + this.#next;
  }

  /** So many bytes were sealed at the last `place`, and stay there until the socket has sent them. */
  keep(bytes: number): void {
    this.#next += bytes;
    this.#turnBytes += bytes;
  }

  /** What waited at the least since the last call, as a share of what may stand there. */
  takeStandingShare(): number {
    this.#look();
    const leastBytes = this.#leastBytes;
    this.#leastBytes = Number.POSITIVE_INFINITY;
    return leastBytes / STANDING_BYTES_MAX;
  }

  /** Once, when the socket has sent all or is closed: until then it may read what waits. */
  close(): void {
    release(this.#ring, RING_BYTES);
  }

  #look(): number {
    const waitingBytes = this.#countWaitingBytes();
    if (waitingBytes < this.#leastBytes) this.#leastBytes = waitingBytes;
    if (waitingBytes > 0) return waitingBytes;
    this.#wasEmpty = true;
    this.#bytesMax = BURST_BYTES_MAX;
    this.#turnBytes = 0;
    return 0;
  }
}
