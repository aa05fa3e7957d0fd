/**
 * How many voices a node gives up while it can't keep up: one more after each 300 ms of strain that doesn't go by
 * itself, the least loud first, and one less after a time of ease. Taking one back may bring the strain back, which
 * costs some words: each time that it does, the next try waits twice as long. Time and measurements come in; a room is
 * told the number.
 */
/** Longer than this voice should not be late by us; what waits less is heard in time, so nobody is silenced for it. */
const LATE_MS_MAX = 40;
const LATE_MS_EASY = 20;
/** The kernel throws away what doesn't fit. */
const BACKLOG_SHARE_MAX = 0.5;
const BACKLOG_SHARE_EASY = 0.25;
const STANDING_SHARE_MAX = 0.25;
/** The kernel's part of sending isn't measured, and may be the larger one. */
const VOICE_SHARE_MIN = 0.2;
/** A thread that others keep from its core isn't full, and its voice comes late with fewer of them, too. */
const CPU_SHARE_MIN = 0.6;
const STRAINED_MS = 300;
/** Strain below so much of its worst of that time goes by itself: a burst that is being worked off. */
const SHRUNK_SHARE = 3 / 4;
/** So many times while strain lasts: one that only goes up and down doesn't go. */
const WAITED_OUT_MAX = 3;
const EASY_MS = 500;
/** A moment that is neither strained nor easy, as other programs of the machine bring about, undoes two of ease. */
const UNEASY_WEIGHT = 2;
const RETRY_MS_MAX = 32_000;
/** Strain so soon after a voice was taken back comes from it. */
const RELAPSE_MS = 5_000;

export interface Strain {
  /** How late the event loop runs. */
  lagMs: number;
  /**
   * How long what arrives waits for the thread at the least. How busy its loop is wouldn't tell: one that never
   * rests may keep up all the same, and one that can't still turns quickly, a few dozen packets at a time.
   */
  waitMs: number;
  /** How full what waits has made the kernel's receive buffer, as far as that can be told. */
  backlogShare: number;
  /** What waited to be sent at the least since the last tick, as a share of what may stand there. */
  standingShare: number;
  /**
   * Share of the time that goes into forwarding, without the kernel's part. Where it is small, as when many join, less
   * voice helps nobody.
   */
  voiceShare: number;
  /** Of one core, what the thread had. */
  cpuShare: number;
}

export class LoadShedder {
  /** Voices to give up in each room, 0 … voicesMax. */
  voices = 0;
  readonly #voicesMax: number;
  /** Or since the last decision. */
  #strainedSinceMs = Number.POSITIVE_INFINITY;
  /** The highest pressure since then. */
  #worst = 0;
  #waitedOut = 0;
  #observedAtMs = Number.POSITIVE_INFINITY;
  #easyMs = 0;
  #tookBackAtMs = Number.NEGATIVE_INFINITY;
  /** So few were given up once and it was too little: before that is tried again, it must be easy for longer. */
  #tooFew = -1;
  #retryMs = EASY_MS;

  /** At most `voicesMax` are given up; a room's loudest voice should not be among them. */
  constructor(voicesMax: number) {
    this.#voicesMax = voicesMax;
  }

  observe(strain: Strain, nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#observedAtMs);
    this.#observedAtMs = nowMs;
    const pressure = pressureOf(strain);
    if (pressure > 1) return this.#strained(pressure, nowMs);
    this.#strainedSinceMs = Number.POSITIVE_INFINITY;
    this.#worst = 0;
    this.#waitedOut = 0;
    if (isEasy(strain)) this.#easyMs += elapsedMs;
    else this.#easyMs = Math.max(0, this.#easyMs - UNEASY_WEIGHT * elapsedMs);
    if (nowMs - this.#tookBackAtMs >= RELAPSE_MS && this.voices <= this.#tooFew) this.#retryMs = EASY_MS;
    const easyMs = this.voices - 1 <= this.#tooFew ? this.#retryMs : EASY_MS;
    if (this.voices > 0 && this.#easyMs >= easyMs) this.#takeBack(nowMs);
  }

  #strained(pressure: number, nowMs: number): void {
    this.#easyMs = 0;
    this.#strainedSinceMs = Math.min(this.#strainedSinceMs, nowMs);
    this.#worst = Math.max(this.#worst, pressure);
    if (nowMs - this.#strainedSinceMs < STRAINED_MS) return;
    const goesByItself = pressure < SHRUNK_SHARE * this.#worst && this.#waitedOut < WAITED_OUT_MAX;
    this.#strainedSinceMs = nowMs;
    this.#worst = pressure;
    if (goesByItself) this.#waitedOut++;
    else this.#giveUp(nowMs);
  }

  #giveUp(nowMs: number): void {
    if (nowMs - this.#tookBackAtMs < RELAPSE_MS) {
      this.#tooFew = this.voices;
      this.#retryMs = Math.min(RETRY_MS_MAX, this.#retryMs * 2);
      // However many the relapse gives up: until what waits is gone that may be more than it takes.
      this.#tookBackAtMs = Number.NEGATIVE_INFINITY;
    }
    this.voices = Math.min(this.#voicesMax, this.voices + 1);
  }

  #takeBack(nowMs: number): void {
    this.#easyMs = 0;
    this.#tookBackAtMs = nowMs;
    this.voices--;
  }
}

/** How hard put the thread is, as a multiple of what it bears. */
function pressureOf({ lagMs, waitMs, backlogShare, standingShare, voiceShare, cpuShare }: Strain): number {
  const standing = standingShare / STANDING_SHARE_MAX;
  if (voiceShare <= VOICE_SHARE_MIN || cpuShare <= CPU_SHARE_MIN) return standing;
  return Math.max(standing, lagMs / LATE_MS_MAX, waitMs / LATE_MS_MAX, backlogShare / BACKLOG_SHARE_MAX);
}

function isEasy({ lagMs, waitMs, backlogShare, standingShare }: Strain): boolean {
  const isPunctual = lagMs < LATE_MS_EASY && waitMs < LATE_MS_EASY;
  return isPunctual && backlogShare < BACKLOG_SHARE_EASY && standingShare < STANDING_SHARE_MAX / 2;
}
