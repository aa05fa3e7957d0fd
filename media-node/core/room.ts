/**
 * A voice room, sans-IO: inputs are joins, leaves, mutes, opened packets and ticks, each with its time;
 * outputs are packets to forward and messages to send. No socket, clock, timer or randomness in here.
 * `Listener` is whatever the shell knows a participant by, `Outlet` where a listener's copies of one voice go; the room
 * only hands them back.
 */
import assert from "node:assert/strict";
import type { ParticipantId } from "@parley/contract/ids";
import type { NodeMessage, Participant } from "@parley/contract/signal";
import { Audience, type Silence } from "./audience.ts";
import type { ForwardBatch } from "./forward-batch.ts";
import { Loudness } from "./loudness.ts";
import type { MediaPacket } from "./media-packet.ts";
import { RoomDrops } from "./room-drops.ts";
import { TalkerSequence } from "./talker-sequence.ts";
import { VoiceStream } from "./voice-stream.ts";
import { type Talker, VoiceTable } from "./voice-table.ts";

export interface Joining<Listener, Outlet> {
  participant: Participant;
  listener: Listener;
  canSpeak: boolean;
  /** Ranks before everybody without it, and is never shed. */
  isPriority: boolean;
  /** By voice, as many as this listener negotiated; the room's later ones they don't hear. */
  outlets: readonly Outlet[];
  /** Random start of each voice's stream, drawn by the shell: one for each outlet, numbers below 2^15. */
  streamStarts: readonly { sequence: number; timestamp: number }[];
}

export type RoomInput<Listener, Outlet> =
  | { type: "join"; joining: Joining<Listener, Outlet> }
  | { type: "leave"; id: ParticipantId }
  | { type: "mute"; id: ParticipantId; muted: boolean }
  /** What they may do was changed while they are here. */
  | { type: "rights"; id: ParticipantId; canSpeak: boolean; isPriority: boolean }
  /** `shedVoices`: how many of the least loud voices the node can't carry now. */
  | { type: "tick"; shedVoices: number };

export type RoomOutput<Listener, Outlet> =
  | { type: "message"; to: Listener; message: NodeMessage }
  | Silence<Outlet>;

interface Member<Listener, Outlet> extends Talker {
  participant: Participant;
  listener: Listener;
  outlets: readonly Outlet[];
  csrc: number;
  canSpeak: boolean;
  isPriority: boolean;
  speaking: boolean;
  /** The spurt that their packets belong to now; 0 while nothing of theirs is forwarded. */
  spurt: number;
  sequence: TalkerSequence;
}

const NOTHING: readonly never[] = [];

export class Room<Listener, Outlet> {
  readonly #drops: RoomDrops;
  readonly #members = new Map<ParticipantId, Member<Listener, Outlet>>();
  readonly #voices: VoiceTable<Member<Listener, Outlet>>;
  #spurts = 0;
  /** By voice. */
  readonly #audiences: readonly Audience<Outlet>[];

  /** Several rooms may count their drops together. */
  constructor(voices: number, drops = new RoomDrops()) {
    this.#drops = drops;
    this.#voices = new VoiceTable(voices);
    this.#audiences = Array.from({ length: voices }, () => new Audience());
  }

  get size(): number {
    return this.#members.size;
  }

  /** Voices that somebody speaks on now. */
  get voicesInUse(): number {
    return [...this.#members.values()].filter((member) => member.speaking && member.voice >= 0).length;
  }

  handle(input: RoomInput<Listener, Outlet>, nowMs: number): RoomOutput<Listener, Outlet>[] {
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
    batch: ForwardBatch<Outlet>,
  ): readonly RoomOutput<Listener, Outlet>[] {
    // Empty, whatever becomes of the packet.
    batch.begin(0);
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
    if (!talker.sequence.goesOn(packet, nowMs) || talker.spurt === 0) this.#beginSpurt(talker);
    batch.begin(talker.csrc);
    const { outlets, streams } = this.#audiences[voice] as Audience<Outlet>;
    const own = talker.outlets[voice];
    let others = 0;
    for (let index = 0; index < outlets.length; index++) {
      const outlet = outlets[index] as Outlet;
      if (outlet === own) continue;
      others++;
      const stream = streams[index] as VoiceStream;
      if (stream.map(talker.spurt, packet, nowMs))
        batch.add(outlet, stream.sequenceNumber, stream.timestamp, stream.marker);
      else this.#drops.late++;
    }
    this.#drops.beyondVoices += this.#members.size - 1 - others;
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
  #rank(talker: Member<Listener, Outlet>, nowMs: number): readonly RoomOutput<Listener, Outlet>[] {
    const speaks = talker.loudness.isSpeaking(nowMs);
    const isChange = speaks !== talker.speaking;
    const claimed = talker.voice < 0 ? this.#claim(talker, nowMs) : -1;
    if (!isChange && claimed < 0) return NOTHING;
    return [...this.#setSpeaking(talker, speaks), ...this.#voiceChanged(claimed)];
  }

  #claim(talker: Member<Listener, Outlet>, nowMs: number): number {
    const voice = this.#voices.claim(talker, nowMs);
    // A spurt ends with the voice that it was heard on.
    if (voice >= 0) talker.spurt = 0;
    return voice;
  }

  #join(joining: Joining<Listener, Outlet>, nowMs: number): RoomOutput<Listener, Outlet>[] {
    const { participant, listener, canSpeak, isPriority, streamStarts } = joining;
    assert(!this.#members.has(participant.id), "a participant joins once");
    const joined = this.#toAll({ type: "participant-joined", participant });
    const member: Member<Listener, Outlet> = {
      participant,
      listener,
      outlets: joining.outlets.slice(0, this.#voices.size),
      csrc: Number(participant.id),
      canSpeak,
      isPriority,
      loudness: new Loudness(),
      speaking: false,
      voice: -1,
      isShed: false,
      spurt: 0,
      sequence: new TalkerSequence(nowMs),
    };
    this.#members.set(participant.id, member);
    for (const [voice, outlet] of member.outlets.entries()) {
      const start = streamStarts[voice];
      assert(start, "each outlet's stream starts somewhere");
      this.#audiences[voice]?.add(outlet, new VoiceStream(start.sequence, start.timestamp));
    }
    const known = this.#introduction(member);
    const index = canSpeak ? this.#voices.takeFree(member, nowMs) : -1;
    return [...joined, ...known, ...this.#voiceChanged(index)];
  }

  #leave(id: ParticipantId, nowMs: number): RoomOutput<Listener, Outlet>[] {
    const member = this.#members.get(id);
    if (!member) return [];
    const silence = this.#endSpurt(member, nowMs);
    this.#members.delete(id);
    for (const [voice, outlet] of member.outlets.entries()) this.#audiences[voice]?.remove(outlet);
    return [...silence, ...this.#toAll({ type: "participant-left", id }), ...this.#freeVoice(member, nowMs)];
  }

  /** Whoever is left without a voice gets the freed one, so that a small room is fixed again. */
  #freeVoice(member: Member<Listener, Outlet>, nowMs: number): RoomOutput<Listener, Outlet>[] {
    const freed = this.#voices.release(member);
    if (freed < 0) return [];
    const emptied = this.#voiceChanged(freed);
    const waiting = [...this.#members.values()].filter((member) => member.canSpeak && member.voice < 0);
    const next = waiting.find((member) => member.isPriority) ?? waiting[0];
    return next ? [...emptied, ...this.#voiceChanged(this.#voices.takeFree(next, nowMs))] : emptied;
  }

  #mute(id: ParticipantId, muted: boolean, nowMs: number): RoomOutput<Listener, Outlet>[] {
    const member = this.#members.get(id);
    if (!member || member.participant.muted === muted) return [];
    member.participant = { ...member.participant, muted };
    member.loudness.reset();
    const updated = this.#toAll({ type: "participant-updated", participant: member.participant });
    return muted
      ? [...this.#endSpurt(member, nowMs), ...updated, ...this.#setSpeaking(member, false)]
      : updated;
  }

  /** Without the right to speak they hold no voice: somebody else may need it. */
  #setRights(
    { id, canSpeak, isPriority }: Extract<RoomInput<Listener, Outlet>, { type: "rights" }>,
    nowMs: number,
  ): RoomOutput<Listener, Outlet>[] {
    const member = this.#members.get(id);
    if (!member) return [];
    member.isPriority = isPriority;
    if (isPriority) member.isShed = false;
    if (member.canSpeak === canSpeak) return [];
    member.canSpeak = canSpeak;
    if (canSpeak) return this.#voiceChanged(this.#voices.takeFree(member, nowMs));
    const silence = this.#endSpurt(member, nowMs);
    member.loudness.reset();
    return [...silence, ...this.#setSpeaking(member, false), ...this.#freeVoice(member, nowMs)];
  }

  #beginSpurt(talker: Member<Listener, Outlet>): void {
    talker.spurt = ++this.#spurts;
    this.#audiences[talker.voice]?.beginSpurt();
  }

  /** Ends somebody's spurt in everyone's ears at once; nothing where none is under way. */
  #endSpurt(talker: Member<Listener, Outlet>, nowMs: number): RoomOutput<Listener, Outlet>[] {
    const { voice, csrc, spurt } = talker;
    talker.spurt = 0;
    if (voice < 0 || spurt === 0) return [];
    return this.#audiences[voice]?.endSpurt(csrc, talker.outlets[voice], nowMs) ?? [];
  }

  #tick(shedVoices: number, nowMs: number): RoomOutput<Listener, Outlet>[] {
    const outputs: RoomOutput<Listener, Outlet>[] = this.#audiences.flatMap((audience) =>
      audience.repeatSilence(nowMs),
    );
    for (const talker of this.#voices.shed(shedVoices, nowMs)) outputs.push(...this.#endSpurt(talker, nowMs));
    for (const member of this.#members.values())
      if (member.speaking && !member.loudness.isSpeaking(nowMs))
        outputs.push(...this.#setSpeaking(member, false));
    return outputs;
  }

  #setSpeaking(member: Member<Listener, Outlet>, speaking: boolean): RoomOutput<Listener, Outlet>[] {
    if (member.speaking === speaking) return [];
    member.speaking = speaking;
    return this.#toAll({ type: "speaking", id: member.participant.id, speaking });
  }

  /** One message for everyone who has that voice: in a large room each of them would be a copy of it. */
  #voiceChanged(voice: number): RoomOutput<Listener, Outlet>[] {
    if (voice < 0) return [];
    const message: NodeMessage = { type: "voices", voices: [this.#holding(voice)] };
    return [...this.#members.values()]
      .filter(({ outlets }) => voice < outlets.length)
      .map(({ listener }) => ({ type: "message", to: listener, message }));
  }

  #holding(voice: number) {
    return { voice, participantId: this.#voices.holder(voice)?.participant.id ?? null };
  }

  /** What who has just come can't know: who holds their voices, and who is in the middle of a sentence. */
  #introduction({ listener, outlets }: Member<Listener, Outlet>): RoomOutput<Listener, Outlet>[] {
    const voices = outlets
      .map((_, voice) => this.#holding(voice))
      .filter(({ participantId }) => participantId !== null);
    const messages: NodeMessage[] = voices.length === 0 ? [] : [{ type: "voices", voices }];
    for (const { participant, speaking } of this.#members.values())
      if (speaking) messages.push({ type: "speaking", id: participant.id, speaking });
    return messages.map((message) => ({ type: "message", to: listener, message }));
  }

  #toAll(message: NodeMessage): RoomOutput<Listener, Outlet>[] {
    return Array.from(this.#members.values(), (member) => ({
      type: "message",
      to: member.listener,
      message,
    }));
  }
}
