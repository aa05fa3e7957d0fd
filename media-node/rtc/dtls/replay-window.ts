/** Which of the last 64 record sequence numbers were seen (RFC 6347 §4.1.2.6). */
const WINDOW = 64;

export class ReplayWindow {
  readonly #seen = new Uint8Array(WINDOW);
  #newest = -1;

  /** False for one that was seen, or is too old to know. Ask before authenticating, `mark` only after. */
  isFresh(sequenceNumber: number): boolean {
    if (sequenceNumber > this.#newest) return true;
    return this.#newest - sequenceNumber < WINDOW && this.#seen[sequenceNumber % WINDOW] === 0;
  }

  mark(sequenceNumber: number): void {
    if (sequenceNumber - this.#newest >= WINDOW) this.#seen.fill(0);
    else for (let n = this.#newest + 1; n < sequenceNumber; n++) this.#seen[n % WINDOW] = 0;
    this.#newest = Math.max(this.#newest, sequenceNumber);
    this.#seen[sequenceNumber % WINDOW] = 1;
  }
}
