/**
 * Who holds which voice of a room. While there are at most as many people as voices, each keeps their own and
 * nothing is ever selected. Beyond that a talker takes a free voice, or the one of somebody who is silent or
 * clearly quieter; a holder keeps theirs for a moment first, so that no voice flaps.
 */
import type { ParticipantId } from "@parley/contract/ids";
import type { Loudness } from "./loudness.ts";

const HOLD_MS = 500;
const HYSTERESIS_DB = 6;

interface Voice {
  holder: ParticipantId;
  loudness: Loudness;
  sinceMs: number;
}

export class VoiceTable {
  readonly #voices: (Voice | undefined)[];

  constructor(size: number) {
    this.#voices = new Array(size).fill(undefined);
  }

  get size(): number {
    return this.#voices.length;
  }

  /** The voice that somebody holds, or −1. */
  indexOf(id: ParticipantId): number {
    return this.#voices.findIndex((voice) => voice?.holder === id);
  }

  holders(): (ParticipantId | undefined)[] {
    return this.#voices.map((voice) => voice?.holder);
  }

  /** Gives a free voice; −1 when there is none. */
  takeFree(id: ParticipantId, loudness: Loudness, nowMs: number): number {
    const index = this.#voices.indexOf(undefined);
    if (index >= 0) this.#voices[index] = { holder: id, loudness, sinceMs: nowMs };
    return index;
  }

  /** Gives a talker a voice, taking it from the quietest holder where that is fair; −1 when it isn't. */
  claim(id: ParticipantId, loudness: Loudness, nowMs: number): number {
    const free = this.takeFree(id, loudness, nowMs);
    if (free >= 0) return free;
    const index = this.#quietest(nowMs);
    const voice = this.#voices[index];
    if (!voice || !this.#mayTake(voice, loudness, nowMs)) return -1;
    this.#voices[index] = { holder: id, loudness, sinceMs: nowMs };
    return index;
  }

  release(id: ParticipantId): number {
    const index = this.indexOf(id);
    if (index >= 0) this.#voices[index] = undefined;
    return index;
  }

  #mayTake(voice: Voice, loudness: Loudness, nowMs: number): boolean {
    if (!voice.loudness.isSpeaking(nowMs)) return true;
    const louderDb = loudness.levelDbov(nowMs) - voice.loudness.levelDbov(nowMs);
    return nowMs - voice.sinceMs >= HOLD_MS && louderDb >= HYSTERESIS_DB;
  }

  #quietest(nowMs: number): number {
    let quietest = -1;
    let leastDbov = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#voices.length; index++) {
      const level = this.#voices[index]?.loudness.levelDbov(nowMs) ?? Number.POSITIVE_INFINITY;
      if (level < leastDbov) {
        leastDbov = level;
        quietest = index;
      }
    }
    return quietest;
  }
}
