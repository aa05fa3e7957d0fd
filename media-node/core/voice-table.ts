/**
 * Who holds which voice of a room. While there are at most as many people as voices, each keeps their own and
 * nothing is ever selected. Beyond that a talker takes a free voice, or that of somebody who is silent or
 * clearly quieter; a holder keeps theirs for a moment first, so that no voice flaps. Priority speakers come
 * before everybody else.
 */
import type { Loudness } from "./loudness.ts";

const HOLD_MS = 500;
const HYSTERESIS_DB = 6;
/** So much louder doesn't wait for the holder's moment to pass. */
const OUTRIGHT_DB = 12;
/** Room noise; who is below has nothing to say. */
const NOISE_DBOV = -90;
/** Above any difference in loudness. */
const SPEAKING_RANK = 1_000;
const PRIORITY_RANK = 2_000;

/** Somebody who may hold a voice. */
export interface Talker {
  readonly loudness: Loudness;
  readonly isPriority: boolean;
  /** The voice that they hold, or −1; kept by the table. */
  voice: number;
  /** Not forwarded, since the node can't carry everybody; kept by the table. Who has just got a voice never is. */
  isShed: boolean;
}

interface Voice<T> {
  holder: T;
  sinceMs: number;
}

export class VoiceTable<T extends Talker> {
  readonly #voices: (Voice<T> | undefined)[];

  constructor(size: number) {
    this.#voices = new Array(size).fill(undefined);
  }

  get size(): number {
    return this.#voices.length;
  }

  holder(voice: number): T | undefined {
    return this.#voices[voice]?.holder;
  }

  /** Gives a free voice; −1 when there is none. */
  takeFree(talker: T, nowMs: number): number {
    const index = this.#voices.indexOf(undefined);
    if (index >= 0) this.#give(index, talker, nowMs);
    return index;
  }

  /**
   * Gives a talker a voice, taking it from whoever needs it least where that is fair; −1 when it isn't. The
   * loser's `voice` is −1 afterwards.
   */
  claim(talker: T, nowMs: number): number {
    if (talker.loudness.levelDbov(nowMs) <= NOISE_DBOV) return -1;
    const free = this.takeFree(talker, nowMs);
    if (free >= 0) return free;
    const index = this.#leastEntitled(nowMs);
    const voice = this.#voices[index];
    if (!voice || !mayTake(talker, voice, nowMs)) return -1;
    voice.holder.voice = -1;
    this.#give(index, talker, nowMs);
    return index;
  }

  /** Frees a talker's voice; answers it, or −1. */
  release(talker: T): number {
    const index = talker.voice;
    if (index >= 0) this.#voices[index] = undefined;
    talker.voice = -1;
    return index;
  }

  /**
   * Sheds the `count` talkers who would be missed least, the least loud first, never a priority speaker and never
   * everybody; all others no longer. Only who sends now is worth shedding. Answers those who were heard until now.
   */
  shed(count: number, nowMs: number): T[] {
    const holders = this.#voices.flatMap((voice) => voice?.holder ?? []);
    const sending = holders.filter((holder) => holder.loudness.isSending(nowMs));
    // Who is shed stays so among equals: each change costs a word.
    const standing = (holder: T) => rank(holder, nowMs) - (holder.isShed ? HYSTERESIS_DB : 0);
    const shed = sending
      .filter((holder) => !holder.isPriority)
      .sort((a, b) => standing(a) - standing(b))
      .slice(0, Math.max(0, Math.min(count, sending.length - 1)));
    const silenced = shed.filter((holder) => !holder.isShed);
    for (const holder of holders) holder.isShed = shed.includes(holder);
    return silenced;
  }

  #give(index: number, talker: T, nowMs: number): void {
    this.#voices[index] = { holder: talker, sinceMs: nowMs };
    talker.voice = index;
    talker.isShed = false;
  }

  #leastEntitled(nowMs: number): number {
    let least = -1;
    let leastRank = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#voices.length; index++) {
      const holder = this.#voices[index]?.holder;
      const value = holder ? entitlement(holder, nowMs) : Number.POSITIVE_INFINITY;
      if (value < leastRank) {
        leastRank = value;
        least = index;
      }
    }
    return least;
  }
}

/** Silent holders stand below speaking ones, and those below priority speakers who speak. */
function rank(talker: Talker, nowMs: number): number {
  const loudness = talker.loudness.rankDbov(nowMs);
  if (!talker.loudness.isSpeaking(nowMs)) return loudness;
  return loudness + (talker.isPriority ? PRIORITY_RANK : SPEAKING_RANK);
}

/** Whoever pauses stands with those who are silent when somebody begins; a priority speaker only once it is over. */
function entitlement(holder: Talker, nowMs: number): number {
  const isPausing = holder.loudness.isPausing(nowMs) && !holder.isPriority;
  return isPausing ? holder.loudness.rankDbov(nowMs) : rank(holder, nowMs);
}

function mayTake(talker: Talker, { holder, sinceMs }: Voice<Talker>, nowMs: number): boolean {
  const speaks = talker.loudness.isSpeaking(nowMs);
  const louderDb = talker.loudness.rankDbov(nowMs) - holder.loudness.rankDbov(nowMs);
  if (!holder.loudness.isSpeaking(nowMs)) return speaks || louderDb >= HYSTERESIS_DB;
  if (!speaks) return false;
  if (talker.isPriority !== holder.isPriority) return talker.isPriority;
  if (holder.loudness.isPausing(nowMs)) return true;
  return louderDb >= (nowMs - sinceMs >= HOLD_MS ? HYSTERESIS_DB : OUTRIGHT_DB);
}
