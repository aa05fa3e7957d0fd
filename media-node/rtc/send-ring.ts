/** Buffers for packets on their way out. One comes round again only after the socket has long taken it. */
import { SEND_QUEUE_MAX } from "./udp-port.ts";

const PACKET_BYTES = 1_600;
/** Twice what may wait in the socket: whatever waits is younger than the slot that comes next. */
const SLOTS = 2 * SEND_QUEUE_MAX;

export class SendRing {
  readonly #slots = Array.from({ length: SLOTS }, () => Buffer.alloc(PACKET_BYTES));
  #next = 0;

  next(): Buffer {
    const slot = this.#slots[this.#next] as Buffer;
    this.#next = (this.#next + 1) % SLOTS;
    return slot;
  }
}
