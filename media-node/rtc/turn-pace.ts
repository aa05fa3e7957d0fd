/**
 * How much of what was read is handled in one turn of the event loop. What is sent leaves when the turn ends, so a
 * turn that handled all that it read would make the first listener wait for the last one's packet. Datagrams beyond
 * a turn's share are held for the next one, in their order.
 */

export interface TurnPaceOptions<Datagram> {
  handle(datagram: Datagram): void;
  /** Whether enough has been done since `beginTurn`. */
  isTurnFull(): boolean;
  beginTurn(): void;
  /** How many are held at the most. */
  heldMax: number;
  onDropped(): void;
}

export class TurnPace<Datagram> {
  readonly #options: TurnPaceOptions<Datagram>;
  /** From `#first` on; the others are handled. */
  #held: Datagram[] = [];
  #first = 0;
  #next: NodeJS.Immediate | undefined;

  constructor(options: TurnPaceOptions<Datagram>) {
    this.#options = options;
  }

  receive(datagram: Datagram): void {
    const held = this.#held.length - this.#first;
    if (held === 0 && !this.#options.isTurnFull()) return this.#options.handle(datagram);
    if (held >= this.#options.heldMax) return this.#options.onDropped();
    this.#held.push(datagram);
    this.#next ??= setImmediate(this.#goOn);
  }

  close(): void {
    clearImmediate(this.#next);
    this.#held = [];
    this.#first = 0;
  }

  readonly #goOn = (): void => {
    this.#next = undefined;
    this.#options.beginTurn();
    while (this.#first < this.#held.length && !this.#options.isTurnFull())
      this.#options.handle(this.#held[this.#first++] as Datagram);
    this.#held.splice(0, this.#first);
    this.#first = 0;
    if (this.#held.length > 0) this.#next = setImmediate(this.#goOn);
  };
}
