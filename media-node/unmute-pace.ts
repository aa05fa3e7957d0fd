/**
 * How fast one participant may unmute. Each time costs a message and, at the end of what they then say, silence
 * for everyone in the room, so that a client that toggles without end would multiply into thousands of packets.
 * Muting is always at once: each needs an unmuting before it.
 */
import { TokenBucket } from "./core/token-bucket.ts";

const PER_SECOND = 2;
const BURST = 5;

export class UnmutePace {
  readonly #bucket = new TokenBucket(PER_SECOND, BURST, performance.now());
  readonly #apply: (muted: boolean) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(apply: (muted: boolean) => void) {
    this.#apply = apply;
  }

  /** The last wish wins: an unmuting that has to wait is forgotten when a muting comes. */
  set(muted: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (muted || this.#bucket.take(performance.now())) return this.#apply(muted);
    this.#timer = setTimeout(() => this.set(false), 1_000 / PER_SECOND);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
