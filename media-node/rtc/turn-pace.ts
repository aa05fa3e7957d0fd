/**
 * How much of what was read is handled in one turn of the event loop. What is sent leaves when the turn ends, so a
 * turn that handled all that it read would make the first listener wait for the last one's packet. Datagrams beyond
 * a turn's share are held for the next one, in their order.
 */
import type { RemoteInfo } from "node:dgram";

/** When so many wait, what comes is handled whatever waits to be sent: their place is the kernel's buffer. */
const HELD_MAX = 64;

export class TurnPace {
  readonly #handle: (packet: Buffer, source: RemoteInfo) => void;
  /** Whether enough has been done in this turn. */
  readonly #isEnough: () => boolean;
  #held: { packet: Buffer; source: RemoteInfo }[] = [];
  #next: NodeJS.Immediate | undefined;

  constructor(handle: (packet: Buffer, source: RemoteInfo) => void, isEnough: () => boolean) {
    this.#handle = handle;
    this.#isEnough = isEnough;
  }

  readonly receive = (packet: Buffer, source: RemoteInfo): void => {
    if (this.#held.length === 0 && !this.#isEnough()) return this.#handle(packet, source);
    this.#held.push({ packet, source });
    this.#next ??= setImmediate(this.#goOn);
    if (this.#held.length > HELD_MAX) this.#handleFirst();
  };

  close(): void {
    clearImmediate(this.#next);
    this.#held = [];
  }

  readonly #goOn = (): void => {
    this.#next = undefined;
    while (this.#held.length > 0 && !this.#isEnough()) this.#handleFirst();
    if (this.#held.length > 0) this.#next = setImmediate(this.#goOn);
  };

  #handleFirst(): void {
    const first = this.#held.shift();
    if (first) this.#handle(first.packet, first.source);
  }
}
