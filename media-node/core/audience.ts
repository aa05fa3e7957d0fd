/**
 * Who hears a voice: where each one's copies go, and each one's stream of it. Two arrays side by side, so that a
 * packet on its way to a thousand listeners fetches nothing else of them.
 */
import { SILENCE_FRAMES } from "./silence.ts";
import type { VoiceStream } from "./voice-stream.ts";

/** One frame of OPUS_SILENCE for one listener. */
export interface Silence<Outlet> {
  type: "silence";
  outlet: Outlet;
  csrc: number;
  sequenceNumber: number;
  timestamp: number;
}

/** A spurt that is over, while its silence is repeated. */
interface Ending<Outlet> {
  csrc: number;
  /** The talker's own, who doesn't hear it. */
  own: Outlet | undefined;
  framesLeft: number;
}

export class Audience<Outlet> {
  readonly outlets: Outlet[] = [];
  readonly streams: VoiceStream[] = [];
  #ending: Ending<Outlet> | undefined;

  add(outlet: Outlet, stream: VoiceStream): void {
    this.outlets.push(outlet);
    this.streams.push(stream);
  }

  /** Removing what isn't there is fine. */
  remove(outlet: Outlet): void {
    const index = this.outlets.indexOf(outlet);
    if (index < 0) return;
    this.outlets.splice(index, 1);
    this.streams.splice(index, 1);
  }

  /** Somebody begins to speak on the voice. */
  beginSpurt(): void {
    this.#ending = undefined;
  }

  /** Whoever spoke on the voice is cut off in everyone's ears, but for their own. */
  endSpurt(csrc: number, own: Outlet | undefined, nowMs: number): Silence<Outlet>[] {
    this.#ending = { csrc, own, framesLeft: SILENCE_FRAMES };
    return this.repeatSilence(nowMs);
  }

  /** Once in a tick: the next frame of silence, as long as an end is still to be told. */
  repeatSilence(nowMs: number): Silence<Outlet>[] {
    const ending = this.#ending;
    if (!ending) return [];
    if (--ending.framesLeft === 0) this.#ending = undefined;
    const silences: Silence<Outlet>[] = [];
    for (const [index, outlet] of this.outlets.entries()) {
      if (outlet === ending.own) continue;
      const stream = this.streams[index] as VoiceStream;
      stream.silence(nowMs);
      const { sequenceNumber, timestamp } = stream;
      silences.push({ type: "silence", outlet, csrc: ending.csrc, sequenceNumber, timestamp });
    }
    return silences;
  }
}
