/**
 * How many voices a node gives up while it can't keep up: one more each tenth of a second of strain, the least
 * loud first, one less after each second of ease. Time and measurements come in; a room is told the number.
 */
const LAG_MS_MAX = 40;
const LAG_MS_EASY = 10;
const STEP_MS = 100;
const RECOVER_MS = 1_000;

export interface Strain {
  /** How late the event loop runs. */
  lagMs: number;
  /** Packets that the socket has not sent yet, as a share of what it may hold. */
  queueShare: number;
}

const QUEUE_SHARE_MAX = 0.25;

export class LoadShedder {
  /** Voices to give up in each room, 0 … voicesMax. */
  voices = 0;
  readonly #voicesMax: number;
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #easySinceMs = Number.NEGATIVE_INFINITY;

  /** At most `voicesMax` are given up; a room's loudest voice should not be among them. */
  constructor(voicesMax: number) {
    this.#voicesMax = voicesMax;
  }

  observe({ lagMs, queueShare }: Strain, nowMs: number): void {
    const strained = lagMs > LAG_MS_MAX || queueShare > QUEUE_SHARE_MAX;
    const easy = lagMs < LAG_MS_EASY && queueShare === 0;
    if (!easy) this.#easySinceMs = nowMs;
    if (strained && nowMs - this.#changedAtMs >= STEP_MS) this.#step(1, nowMs);
    const calmSinceMs = Math.max(this.#easySinceMs, this.#changedAtMs);
    if (easy && nowMs - calmSinceMs >= RECOVER_MS) this.#step(-1, nowMs);
  }

  #step(by: number, nowMs: number): void {
    this.voices = Math.min(this.#voicesMax, Math.max(0, this.voices + by));
    this.#changedAtMs = nowMs;
  }
}
