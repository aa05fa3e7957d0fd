/** Which voice carries whom, with the track that carries the sound. */
import type { ParticipantId } from "@parley/contract/ids";
import type { MediaConnection } from "./media-connection.ts";
import type { Roster } from "./roster.ts";

export interface Voice {
  participantId: ParticipantId;
  track: MediaStreamTrack;
  stream: MediaStream;
}

export const NO_VOICES: ReadonlyMap<number, Voice> = new Map();

/** Returns `before` when nothing changed, so that listeners hear of real changes only. */
export function heardVoices(
  roster: Roster,
  media: MediaConnection | undefined,
  before: ReadonlyMap<number, Voice>,
): ReadonlyMap<number, Voice> {
  const voices = new Map<number, Voice>();
  for (const [voice, participantId] of roster.voices) {
    const stream = media?.streams[voice];
    const track = stream?.getAudioTracks()[0];
    if (stream && track) voices.set(voice, { participantId, track, stream });
  }
  const same =
    voices.size === before.size &&
    [...voices].every(([voice, { participantId }]) => before.get(voice)?.participantId === participantId);
  return same ? before : voices;
}
