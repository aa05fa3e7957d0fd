/** Turns what a thread measures of itself from tick to tick into how hard put it is. Time and measurements come in. */
import type { Strain } from "./load-shedder.ts";

export interface Measured {
  /** Spent forwarding since the start. */
  forwardedMs: number;
  /** CPU time that the thread has had since the start. */
  cpuMs: number;
  /** How long what came by the network had to wait at the least since the last tick. */
  waitMs: number;
  /** Packets that came, since the start. */
  packetsIn: number;
  /** How many of them the kernel holds at the most. */
  packetsWaitingMax: number;
  /** What waited to be sent at the least since the last tick, as a share of what may stand there. */
  standingShare: number;
}

export class StrainMeter {
  readonly #tickMs: number;
  #tickedAtMs: number;
  #forwardedMs = 0;
  #cpuMs = 0;
  #packetsIn = 0;

  /** Ticks are due each `tickMs` from `nowMs` on. */
  constructor(tickMs: number, nowMs: number) {
    this.#tickMs = tickMs;
    this.#tickedAtMs = nowMs;
  }

  tick(measured: Measured, nowMs: number): Strain {
    const { forwardedMs, cpuMs, waitMs, packetsIn, packetsWaitingMax, standingShare } = measured;
    const elapsedMs = nowMs - this.#tickedAtMs;
    const voiceShare = (forwardedMs - this.#forwardedMs) / elapsedMs;
    const cpuShare = (cpuMs - this.#cpuMs) / elapsedMs;
    // Little's law: as many wait as come in the time that each waits.
    const waiting = (waitMs * (packetsIn - this.#packetsIn)) / elapsedMs;
    this.#tickedAtMs = nowMs;
    this.#forwardedMs = forwardedMs;
    this.#cpuMs = cpuMs;
    this.#packetsIn = packetsIn;
    const lagMs = Math.max(0, elapsedMs - this.#tickMs);
    return { lagMs, waitMs, backlogShare: waiting / packetsWaitingMax, standingShare, voiceShare, cpuShare };
  }
}
