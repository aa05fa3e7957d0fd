/**
 * Where one socket's sealed packets wait until it has taken them. It sends in order, so what waits is what was
 * put in last: while nothing waits, the first slot serves again and again and stays in the cache; else the next
 * one in the round is free as long as fewer wait than there are slots.
 */
import { PACKET_SPACE_BYTES } from "./srtp/memory-layout.ts";
import { allocate, kernelBytes, release } from "./srtp/srtp-kernel.ts";

/** As many datagrams may wait in a socket: one more is dropped, since late voice is worth nothing. */
export const SEND_QUEUE_MAX = 512;
const BYTES = SEND_QUEUE_MAX * PACKET_SPACE_BYTES;

export class SealedSlots {
  readonly #first = allocate(BYTES);
  readonly #firstViews: Buffer[] = [];
  /** Of the packet that was given to the socket last. */
  #slot = 0;

  /**
   * Kernel address of a slot to seal into; −1 when so many wait that the packet must be dropped. Until `view`
   * the slot isn't used: the next call answers the same one.
   */
  take(waiting: number): number {
    if (waiting >= SEND_QUEUE_MAX) return -1;
    const slot = waiting === 0 ? 0 : (this.#slot + 1) % SEND_QUEUE_MAX;
    return this.#first + slot * PACKET_SPACE_BYTES;
  }

  /** The bytes of a slot, for the socket. Views of the first one are kept: in ordinary times there is no other. */
  view(address: number, bytes: number): Buffer {
    this.#slot = (address - this.#first) / PACKET_SPACE_BYTES;
    if (address !== this.#first) return kernelBytes.subarray(address, address + bytes);
    this.#firstViews[bytes] ??= kernelBytes.subarray(address, address + bytes);
    return this.#firstViews[bytes];
  }

  /** Once, when the socket is done with. */
  close(): void {
    release(this.#first, BYTES);
  }
}
