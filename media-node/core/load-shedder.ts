/**
 * How many voices a node gives up while it can't keep up: one more after each 300 ms of strain, the
 * least loud first, and one less after each half second of ease. Time and measurements come in; a room is told
 * the number.
 */
const LAG_MS_MAX = 40;
const LAG_MS_EASY = 10;
const QUEUE_SHARE_MAX = 0.25;
const BUSY_SHARE_MAX = 0.97;
const BUSY_SHARE_EASY = 0.85;
const VOICE_SHARE_MIN = 0.4;
const STRAINED_MS = 300;
const EASY_MS = 500;

export interface Strain {
  /** How late the event loop runs. */
  lagMs: number;
  /** Packets that the socket has not sent yet, as a share of what it may hold. */
  queueShare: number;
  /**
   * Share of the time in which the event loop works. A loop that never rests still turns quickly, a few dozen
   * packets at a time, while the kernel drops what waits behind them: this tells, lag doesn't.
   */
  busyShare: number;
  /** Share of the time that goes into forwarding. Where it is small, as when many join, less voice helps nobody. */
  voiceShare: number;
}

export class LoadShedder {
  /** Voices to give up in each room, 0 … voicesMax. */
  voices = 0;
  readonly #voicesMax: number;
  #strainedSinceMs = Number.POSITIVE_INFINITY;
  #easySinceMs = Number.POSITIVE_INFINITY;

  /** At most `voicesMax` are given up; a room's loudest voice should not be among them. */
  constructor(voicesMax: number) {
    this.#voicesMax = voicesMax;
  }

  observe(strain: Strain, nowMs: number): void {
    this.#strainedSinceMs = isStrained(strain) ? Math.min(this.#strainedSinceMs, nowMs) : Infinity;
    this.#easySinceMs = isEasy(strain) ? Math.min(this.#easySinceMs, nowMs) : Infinity;
    if (nowMs - this.#strainedSinceMs >= STRAINED_MS) {
      this.voices = Math.min(this.#voicesMax, this.voices + 1);
      this.#strainedSinceMs = nowMs;
    }
    if (nowMs - this.#easySinceMs >= EASY_MS) {
      this.voices = Math.max(0, this.voices - 1);
      this.#easySinceMs = nowMs;
    }
  }
}

function isStrained({ lagMs, queueShare, busyShare, voiceShare }: Strain): boolean {
  if (queueShare > QUEUE_SHARE_MAX) return true;
  return voiceShare > VOICE_SHARE_MIN && (lagMs > LAG_MS_MAX || busyShare > BUSY_SHARE_MAX);
}

function isEasy({ lagMs, queueShare, busyShare }: Strain): boolean {
  return lagMs < LAG_MS_EASY && queueShare < QUEUE_SHARE_MAX / 2 && busyShare < BUSY_SHARE_EASY;
}
