/**
 * How loud somebody is, smoothed from RFC 6464 levels (fast attack, slow release), and whether that is
 * speech. A level comes from the client and may lie, so it ranks voices and lights rings, and grants nothing.
 */
const SPEECH_DBOV = -50;
/** Short pauses between words don't switch the ring off. */
const SPEECH_HOLD_MS = 300;
const SILENCE_DBOV = -127;
const RELEASE_DB_PER_MS = 0.06;
/** A client that sends no level is judged by size: Opus DTX and comfort frames stay below this. */
const SPEECH_BYTES_MIN = 12;

export class Loudness {
  #levelDbov = SILENCE_DBOV;
  #atMs = 0;
  #spokeAtMs = Number.NEGATIVE_INFINITY;

  hear(levelDbov: number | undefined, payloadBytes: number, nowMs: number): void {
    const level = levelDbov ?? (payloadBytes >= SPEECH_BYTES_MIN ? SPEECH_DBOV + 10 : SILENCE_DBOV);
    this.#levelDbov = Math.max(level, this.levelDbov(nowMs));
    this.#atMs = nowMs;
    if (level > SPEECH_DBOV) this.#spokeAtMs = nowMs;
  }

  /** The smoothed level, falling while nothing arrives. */
  levelDbov(nowMs: number): number {
    return Math.max(SILENCE_DBOV, this.#levelDbov - (nowMs - this.#atMs) * RELEASE_DB_PER_MS);
  }

  isSpeaking(nowMs: number): boolean {
    return nowMs - this.#spokeAtMs < SPEECH_HOLD_MS;
  }

  reset(): void {
    this.#levelDbov = SILENCE_DBOV;
    this.#spokeAtMs = Number.NEGATIVE_INFINITY;
  }
}
