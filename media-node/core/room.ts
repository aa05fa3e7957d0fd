/**
 * A voice room, sans-IO: inputs are joins, leaves, mutes, opened packets and ticks, each with its time;
 * outputs are packets to forward and messages to send. No socket, clock, timer or randomness in here.
 * `Listener` is whatever the shell knows a participant by; the room only hands it back.
 */
import assert from "node:assert/strict";
import type { ParticipantId } from "@parley/contract/ids";
import type { NodeMessage, Participant } from "@parley/contract/signal";
import type { ForwardBatch } from "./forward-batch.ts";
import { Loudness } from "./loudness.ts";
import type { MediaPacket } from "./media-packet.ts";
import { RoomDrops } from "./room-drops.ts";
import { SILENCE_FRAMES } from "./silence.ts";
import { TalkerSequence } from "./talker-sequence.ts";
import { VoiceStream } from "./voice-stream.ts";
import { type Talker, VoiceTable } from "./voice-table.ts";

export interface Joining<Listener> {
  participant: Participant;
  listener: Listener;
  canSpeak: boolean;
  /** Ranks before everybody without it, and is never shed. */
  isPriority: boolean;
  /** How many voices this listener negotiated; the room's later ones they don't hear. */
  voices: number;
  /** Random start of each voice's stream, drawn by the shell: at least `voices` of them, numbers below 2^15. */
  streamStarts: readonly { sequence: number; timestamp: number }[];
}

export type RoomInput<Listener> =
  | { type: "join"; joining: Joining<Listener> }
  | { type: "leave"; id: ParticipantId }
  | { type: "mute"; id: ParticipantId; muted: boolean }
  /** What they may do was changed while they are here. */
  | { type: "rights"; id: ParticipantId; canSpeak: boolean; isPriority: boolean }
  /** `shedVoices`: how many of the least loud voices the node can't carry now. */
  | { type: "tick"; shedVoices: number };

export type RoomOutput<Listener> =
  | { type: "message"; to: Listener; message: NodeMessage }
  /** One frame of OPUS_SILENCE on a voice. */
  | {
      type: "silence";
      to: Listener;
      voice: number;
      csrc: number;
      sequenceNumber: number;
      timestamp: number;
    };

interface Member<Listener> extends Talker {
  participant: Participant;
  listener: Listener;
  csrc: number;
  canSpeak: boolean;
  isPriority: boolean;
  speaking: boolean;
  /** The spurt that their packets belong to now; 0 while nothing of theirs is forwarded. */
  spurt: number;
  sequence: TalkerSequence;
  streams: VoiceStream[];
}

/** A spurt that is over on some voice, while its silence is repeated. */
interface Ending<Listener> {
  talker: Listener;
  csrc: number;
  framesLeft: number;
}

const NOTHING: readonly never[] = [];

export class Room<Listener> {
  readonly #drops: RoomDrops;
  readonly #members = new Map<ParticipantId, Member<Listener>>();
  /** The same people as an array, which a packet walks fastest. */
  #listeners: Member<Listener>[] = [];
  readonly #voices: VoiceTable<Member<Listener>>;
  #spurts = 0;
  /** By voice. */
  readonly #endings = new Map<number, Ending<Listener>>();

  /** Several rooms may count their drops together. */
  constructor(voices: number, drops = new RoomDrops()) {
    this.#drops = drops;
    this.#voices = new VoiceTable(voices);
  }

  get size(): number {
    return this.#members.size;
  }

  /** Voices that somebody speaks on now. */
  get voicesInUse(): number {
    return this.#listeners.filter((member) => member.speaking && member.voice >= 0).length;
  }

  handle(input: RoomInput<Listener>, nowMs: number): RoomOutput<Listener>[] {
    switch (input.type) {
      case "join":
        return this.#join(input.joining, nowMs);
      case "leave":
        return this.#leave(input.id, nowMs);
      case "mute":
        return this.#mute(input.id, input.muted, nowMs);
      case "rights":
        return this.#setRights(input, nowMs);
      case "tick":
        return this.#tick(input.shedVoices, nowMs);
    }
  }

  /**
   * A packet of a participant: fills `batch` with who gets it, and answers the messages that it causes, almost
   * always none.
   */
  forward(
    from: ParticipantId,
    packet: MediaPacket,
    nowMs: number,
    batch: ForwardBatch<Listener>,
  ): readonly RoomOutput<Listener>[] {
    batch.begin(-1, 0);
    const talker = this.#members.get(from);
    if (!talker?.canSpeak) return this.#forbidden();
    if (talker.participant.muted) return this.#muted();
    talker.loudness.hear(packet.levelDbov, packet.payload.length, nowMs);
    const messages = this.#rank(talker, nowMs);
    const voice = talker.voice;
    if (voice < 0 || talker.isShed) {
      if (voice < 0) this.#drops.unselected++;
      else this.#drops.shed++;
      return messages;
    }
    if (!talker.sequence.goesOn(packet.sequenceNumber, nowMs) || talker.spurt === 0) this.#beginSpurt(talker);
    batch.begin(voice, talker.csrc);
    const listeners = this.#listeners;
    for (let index = 0; index < listeners.length; index++) {
      const member = listeners[index] as Member<Listener>;
      const stream = member.streams[voice];
      if (member === talker) continue;
      if (stream === undefined) this.#drops.beyondVoices++;
      else if (stream.map(talker.spurt, packet, nowMs))
        batch.add(member.listener, stream.sequenceNumber, stream.timestamp, stream.marker);
      else this.#drops.late++;
    }
    return messages;
  }

  #forbidden(): readonly never[] {
    this.#drops.forbidden++;
    return NOTHING;
  }

  #muted(): readonly never[] {
    this.#drops.muted++;
    return NOTHING;
  }

  /** Whether the talker speaks and has a voice; both may change with this packet, and seldom do. */
  #rank(talker: Member<Listener>, nowMs: number): readonly RoomOutput<Listener>[] {
    const speaks = talker.loudness.isSpeaking(nowMs);
    const isChange = speaks !== talker.speaking;
    const claimed = talker.voice < 0 ? this.#claim(talker, nowMs) : -1;
    if (!isChange && claimed < 0) return NOTHING;
    return [...this.#setSpeaking(talker, speaks), ...this.#voiceChanged(claimed)];
  }

  #claim(talker: Member<Listener>, nowMs: number): number {
    const voice = this.#voices.claim(talker, nowMs);
    // A spurt ends with the voice that it was heard on.
    if (voice >= 0) talker.spurt = 0;
    return voice;
  }

  #join(joining: Joining<Listener>, nowMs: number): RoomOutput<Listener>[] {
    const { participant, listener, canSpeak, isPriority, voices, streamStarts } = joining;
    assert(!this.#members.has(participant.id), "a participant joins once");
    const joined = this.#toAll({ type: "participant-joined", participant });
    const member: Member<Listener> = {
      participant,
      listener,
      csrc: Number(participant.id),
      canSpeak,
      isPriority,
      loudness: new Loudness(),
      speaking: false,
      voice: -1,
      isShed: false,
      spurt: 0,
      sequence: new TalkerSequence(nowMs),
      streams: streamStarts
        .slice(0, Math.min(voices, this.#voices.size))
        .map((start) => new VoiceStream(start.sequence, start.timestamp)),
    };
    this.#members.set(participant.id, member);
    this.#listeners.push(member);
    const known = this.#introduction(member);
    const index = canSpeak ? this.#voices.takeFree(member, nowMs) : -1;
    return [...joined, ...known, ...this.#voiceChanged(index)];
  }

  #leave(id: ParticipantId, nowMs: number): RoomOutput<Listener>[] {
    const member = this.#members.get(id);
    if (!member) return [];
    const silence = this.#endSpurt(member, nowMs);
    this.#members.delete(id);
    this.#listeners = this.#listeners.filter((other) => other !== member);
    const freed = this.#voices.release(member);
    const outputs = [
      ...silence,
      ...this.#toAll({ type: "participant-left", id }),
      ...this.#voiceChanged(freed),
    ];
    return freed < 0 ? outputs : [...outputs, ...this.#giveToWaiting(nowMs)];
  }

  /** Whoever is left without a voice gets the freed one, so that a small room is fixed again. */
  #giveToWaiting(nowMs: number): RoomOutput<Listener>[] {
    const waiting = this.#listeners.filter((member) => member.canSpeak && member.voice < 0);
    const next = waiting.find((member) => member.isPriority) ?? waiting[0];
    return next ? this.#voiceChanged(this.#voices.takeFree(next, nowMs)) : [];
  }

  #mute(id: ParticipantId, muted: boolean, nowMs: number): RoomOutput<Listener>[] {
    const member = this.#members.get(id);
    if (!member || member.participant.muted === muted) return [];
    member.participant = { ...member.participant, muted };
    const silence = this.#endSpurt(member, nowMs);
    member.loudness.reset();
    const updated = this.#toAll({ type: "participant-updated", participant: member.participant });
    return muted ? [...silence, ...updated, ...this.#setSpeaking(member, false)] : updated;
  }

  /** Without the right to speak they hold no voice: somebody else may need it. */
  #setRights(
    { id, canSpeak, isPriority }: Extract<RoomInput<Listener>, { type: "rights" }>,
    nowMs: number,
  ): RoomOutput<Listener>[] {
    const member = this.#members.get(id);
    if (!member) return [];
    member.isPriority = isPriority;
    if (isPriority) member.isShed = false;
    if (member.canSpeak === canSpeak) return [];
    member.canSpeak = canSpeak;
    if (canSpeak) return this.#voiceChanged(this.#voices.takeFree(member, nowMs));
    const silence = this.#endSpurt(member, nowMs);
    member.loudness.reset();
    const freed = this.#voices.release(member);
    const outputs = [...silence, ...this.#setSpeaking(member, false), ...this.#voiceChanged(freed)];
    return freed < 0 ? outputs : [...outputs, ...this.#giveToWaiting(nowMs)];
  }

  #beginSpurt(talker: Member<Listener>): void {
    talker.spurt = ++this.#spurts;
    this.#endings.delete(talker.voice);
  }

  /** Ends somebody's spurt in everyone's ears at once; nothing where none is under way. */
  #endSpurt(talker: Member<Listener>, nowMs: number): RoomOutput<Listener>[] {
    const { voice, csrc, spurt } = talker;
    talker.spurt = 0;
    if (voice < 0 || spurt === 0) return [];
    const ending = { talker: talker.listener, csrc, framesLeft: SILENCE_FRAMES };
    this.#endings.set(voice, ending);
    return this.#silence(voice, ending, nowMs);
  }

  #silence(voice: number, ending: Ending<Listener>, nowMs: number): RoomOutput<Listener>[] {
    if (--ending.framesLeft === 0) this.#endings.delete(voice);
    const outputs: RoomOutput<Listener>[] = [];
    for (const { listener, streams } of this.#listeners) {
      const stream = listener === ending.talker ? undefined : streams[voice];
      if (!stream) continue;
      stream.silence(nowMs);
      const { sequenceNumber, timestamp } = stream;
      outputs.push({ type: "silence", to: listener, voice, csrc: ending.csrc, sequenceNumber, timestamp });
    }
    return outputs;
  }

  #tick(shedVoices: number, nowMs: number): RoomOutput<Listener>[] {
    const outputs = [...this.#endings].flatMap(([voice, ending]) => this.#silence(voice, ending, nowMs));
    for (const talker of this.#voices.shed(shedVoices, nowMs)) outputs.push(...this.#endSpurt(talker, nowMs));
    for (const member of this.#listeners)
      if (member.speaking && !member.loudness.isSpeaking(nowMs))
        outputs.push(...this.#setSpeaking(member, false));
    return outputs;
  }

  #setSpeaking(member: Member<Listener>, speaking: boolean): RoomOutput<Listener>[] {
    if (member.speaking === speaking) return [];
    member.speaking = speaking;
    return this.#toAll({ type: "speaking", id: member.participant.id, speaking });
  }

  /** One message for everyone who has that voice: in a large room each of them would be a copy of it. */
  #voiceChanged(voice: number): RoomOutput<Listener>[] {
    if (voice < 0) return [];
    const message: NodeMessage = { type: "voices", voices: [this.#holding(voice)] };
    return this.#listeners
      .filter(({ streams }) => voice < streams.length)
      .map(({ listener }) => ({ type: "message", to: listener, message }));
  }

  #holding(voice: number) {
    return { voice, participantId: this.#voices.holder(voice)?.participant.id ?? null };
  }

  /** What who has just come can't know: who holds their voices, and who is in the middle of a sentence. */
  #introduction({ listener, streams }: Member<Listener>): RoomOutput<Listener>[] {
    const voices = streams
      .map((_, voice) => this.#holding(voice))
      .filter(({ participantId }) => participantId !== null);
    const messages: NodeMessage[] = voices.length === 0 ? [] : [{ type: "voices", voices }];
    for (const { participant, speaking } of this.#listeners)
      if (speaking) messages.push({ type: "speaking", id: participant.id, speaking });
    return messages.map((message) => ({ type: "message", to: listener, message }));
  }

  #toAll(message: NodeMessage): RoomOutput<Listener>[] {
    return this.#listeners.map((member) => ({ type: "message", to: member.listener, message }));
  }
}
