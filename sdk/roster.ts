/** Who is in the room, who speaks, and on which voice each is heard: a pure function of the messages. */
import type { ParticipantId } from "@parley/contract/ids";
import type { NodeMessage, Participant } from "@parley/contract/signal";

export interface RosterParticipant extends Participant {
  speaking: boolean;
}

/** Never changed in place: a new object means that something is new. */
export interface Roster {
  you: ParticipantId;
  participants: ReadonlyMap<ParticipantId, RosterParticipant>;
  /** Voices in use only. */
  voices: ReadonlyMap<number, ParticipantId>;
}

export function createRoster(you: ParticipantId, participants: readonly Participant[]): Roster {
  return {
    you,
    participants: new Map(participants.map((one) => [one.id, { ...one, speaking: false }])),
    voices: new Map(),
  };
}

/** Messages that say nothing about the roster, and repeated ones, return the very same object. */
export function applyMessage(roster: Roster, message: NodeMessage): Roster {
  switch (message.type) {
    case "participant-joined":
    case "participant-updated": {
      const { participant } = message;
      const before = roster.participants.get(participant.id);
      const speaking = (before?.speaking ?? false) && !participant.muted;
      return withParticipant(roster, { ...participant, speaking });
    }
    case "participant-left":
      return withoutParticipant(roster, message.id);
    case "speaking": {
      const participant = roster.participants.get(message.id);
      if (!participant || participant.speaking === message.speaking) return roster;
      return withParticipant(roster, { ...participant, speaking: message.speaking });
    }
    case "voices": {
      const voices = new Map(roster.voices);
      for (const { voice, participantId } of message.voices) {
        if (participantId === null) voices.delete(voice);
        else voices.set(voice, participantId);
      }
      return { ...roster, voices };
    }
    default:
      return roster;
  }
}

function withParticipant(roster: Roster, participant: RosterParticipant): Roster {
  return { ...roster, participants: new Map(roster.participants).set(participant.id, participant) };
}

function withoutParticipant(roster: Roster, id: ParticipantId): Roster {
  if (!roster.participants.has(id)) return roster;
  const participants = new Map(roster.participants);
  participants.delete(id);
  // The node frees the voice too, but its message may come later than this one.
  const voices = new Map([...roster.voices].filter(([, heard]) => heard !== id));
  return { ...roster, participants, voices };
}
