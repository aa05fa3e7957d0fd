/** Turns what a thread measures of itself from tick to tick into how hard put it is. Time and measurements come in. */
import type { Strain } from "./load-shedder.ts";

export interface Measured {
  /** Spent forwarding since the start. */
  forwardedMs: number;
  /** How long what came by the network had to wait at the least since the last tick. */
  waitMs: number;
  /** Packets that the socket has not sent yet, as a share of what it may hold. */
  queueShare: number;
}

export class StrainMeter {
  readonly #tickMs: number;
  #tickedAtMs: number;
  #forwardedMs = 0;

  /** Ticks are due each `tickMs` from `nowMs` on. */
  constructor(tickMs: number, nowMs: number) {
    this.#tickMs = tickMs;
    this.#tickedAtMs = nowMs;
  }

  tick({ forwardedMs, waitMs, queueShare }: Measured, nowMs: number): Strain {
    const elapsedMs = nowMs - this.#tickedAtMs;
    const voiceShare = (forwardedMs - this.#forwardedMs) / elapsedMs;
    this.#tickedAtMs = nowMs;
    this.#forwardedMs = forwardedMs;
    return { lagMs: Math.max(0, elapsedMs - this.#tickMs), waitMs, queueShare, voiceShare };
  }
}
