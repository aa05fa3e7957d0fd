/**
 * How loud somebody is, smoothed from RFC 6464 levels (fast attack, slow release), whether that is speech, and
 * how they rank among those who want a voice. A level comes from the client and may lie: it grants nothing, it
 * is capped, and whoever never pauses tires, so that a forged maximum doesn't hold the floor.
 */
const SPEECH_DBOV = -50;
/** Short pauses between words don't switch the ring off. */
const SPEECH_HOLD_MS = 300;
/** Longer than the stops within words, and shorter than the gap between one who ends and one who answers. */
const PAUSE_MS = 150;
const SILENCE_DBOV = -127;
const SENDING_MS = 300;
const RELEASE_DB_PER_MS = 0.06;
/** A client that sends no level is judged by size: Opus DTX and comfort frames stay below this. */
const SPEECH_BYTES_MIN = 12;
/** How fast the level of a spurt follows its packets, up and down, as a share per packet. */
const SPURT_ATTACK = 0.3;
const SPURT_RELEASE = 0.05;
/** Speech never ranks above this: a shout and a claim of 0 dBov are worth as much as a firm voice. */
const RANK_DBOV_MAX = -15;
/** Tiredness: gained while speaking, lost twice as fast in pauses, and felt only after three seconds. */
const TIRE_DB_PER_MS = 0.003;
const REST_DB_PER_MS = 0.006;
const TIRE_FREE_DB = 9;
const TIRE_DB_MAX = 36;

export class Loudness {
  #levelDbov = SILENCE_DBOV;
  /** When the last packet came; far back before the first. */
  #atMs = Number.MIN_SAFE_INTEGER;
  #spokeAtMs = Number.NEGATIVE_INFINITY;
  #tiredDb = 0;
  /** Of the spurt as a whole: it doesn't fall between two packets, so that a late one costs nobody a voice. */
  #spurtDbov = SILENCE_DBOV;

  hear(levelDbov: number | undefined, payloadBytes: number, nowMs: number): void {
    const level = levelDbov ?? (payloadBytes >= SPEECH_BYTES_MIN ? SPEECH_DBOV + 10 : SILENCE_DBOV);
    this.#tiredDb = this.#tiredness(nowMs);
    this.#levelDbov = Math.max(level, this.levelDbov(nowMs));
    this.#atMs = nowMs;
    if (level <= SPEECH_DBOV) return;
    this.#spurtDbov = this.isSpeaking(nowMs) ? follow(this.#spurtDbov, level) : level;
    this.#spokeAtMs = nowMs;
  }

  /** The smoothed level, falling while nothing arrives. */
  levelDbov(nowMs: number): number {
    return Math.max(SILENCE_DBOV, this.#levelDbov - (nowMs - this.#atMs) * RELEASE_DB_PER_MS);
  }

  /** What counts between two who want the same voice. */
  rankDbov(nowMs: number): number {
    const feltDb = Math.max(0, this.#tiredness(nowMs) - TIRE_FREE_DB);
    const loudness = this.isSpeaking(nowMs) ? this.#spurtDbov : this.levelDbov(nowMs);
    return Math.min(loudness, RANK_DBOV_MAX) - feltDb;
  }

  isSpeaking(nowMs: number): boolean {
    return nowMs - this.#spokeAtMs < SPEECH_HOLD_MS;
  }

  /** Has it been quiet for longer than within a word? The ring stays on for a while yet. */
  isPausing(nowMs: number): boolean {
    return nowMs - this.#spokeAtMs >= PAUSE_MS;
  }

  /** Do packets of theirs come now? With DTX a silent microphone sends a few in a second at most. */
  isSending(nowMs: number): boolean {
    return nowMs - this.#atMs < SENDING_MS;
  }

  reset(): void {
    this.#levelDbov = SILENCE_DBOV;
    this.#spokeAtMs = Number.NEGATIVE_INFINITY;
  }

  #tiredness(nowMs: number): number {
    const elapsedMs = nowMs - this.#atMs;
    if (this.isSpeaking(nowMs)) return Math.min(TIRE_DB_MAX, this.#tiredDb + elapsedMs * TIRE_DB_PER_MS);
    return Math.max(0, this.#tiredDb - elapsedMs * REST_DB_PER_MS);
  }
}

const follow = (average: number, level: number): number =>
  average + (level - average) * (level > average ? SPURT_ATTACK : SPURT_RELEASE);
