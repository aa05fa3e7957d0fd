/**
 * Which of the last 128 indices were authenticated: of SRTP packets (RFC 3711 §3.3.2) or DTLS records (RFC 6347
 * §4.1.2.6). Updated only after authentication.
 */

export const REPLAY_WINDOW_PACKETS = 128;

export class ReplayWindow {
  /** −1 before the first. */
  highest = -1;
  readonly #seen = new Uint32Array(REPLAY_WINDOW_PACKETS / 32);

  /** Has this index neither been accepted before nor fallen out of the window? */
  isFresh(index: number): boolean {
    if (index > this.highest) return true;
    if (index <= this.highest - REPLAY_WINDOW_PACKETS) return false;
    return ((this.#wordOf(index) >>> (index % 32)) & 1) === 0;
  }

  accept(index: number): void {
    if (index > this.highest) this.#advance(index);
    const word = this.#wordIndex(index);
    this.#seen[word] = this.#wordOf(index) | (1 << (index % 32));
  }

  #advance(index: number): void {
    if (index - this.highest >= REPLAY_WINDOW_PACKETS) this.#seen.fill(0);
    else
      for (let passed = this.highest + 1; passed < index; passed++) {
        const word = this.#wordIndex(passed);
        this.#seen[word] = this.#wordOf(passed) & ~(1 << (passed % 32));
      }
    this.highest = index;
  }

  #wordIndex(index: number): number {
    return Math.floor(index / 32) % (REPLAY_WINDOW_PACKETS / 32);
  }

  #wordOf(index: number): number {
    return this.#seen[this.#wordIndex(index)] ?? 0;
  }
}
