/**
 * A voice room, sans-IO: inputs are joins, leaves, mutes, opened packets and ticks, each with its time;
 * outputs are packets to forward and messages to send. No socket, clock, timer or randomness in here.
 */
import assert from "node:assert/strict";
import type { ParticipantId } from "@parley/contract/ids";
import type { NodeMessage, Participant } from "@parley/contract/signal";
import { Loudness } from "./loudness.ts";
import type { ForwardedPacket, MediaPacket } from "./media-packet.ts";
import { VoiceStream } from "./voice-stream.ts";
import { VoiceTable } from "./voice-table.ts";

export interface Joining {
  participant: Participant;
  canSpeak: boolean;
  /** How many voices this listener negotiated; the room's later ones they don't hear. */
  voices: number;
  /** Random start of each voice's stream, drawn by the shell: at least `voices` of them. */
  streamStarts: readonly { sequence: number; timestamp: number }[];
}

export type RoomInput =
  | { type: "join"; joining: Joining }
  | { type: "leave"; id: ParticipantId }
  | { type: "mute"; id: ParticipantId; muted: boolean }
  /** Their right to be heard was given or taken while they are here. */
  | { type: "speak"; id: ParticipantId; canSpeak: boolean }
  | { type: "packet"; from: ParticipantId; packet: MediaPacket }
  | { type: "tick" };

export type RoomOutput =
  | { type: "forward"; to: ParticipantId; voice: number; packet: ForwardedPacket }
  | { type: "message"; to: ParticipantId; message: NodeMessage };

/** More than one, since any may be lost. */
const SILENCE_FRAMES = 3;

interface Member {
  participant: Participant;
  csrc: number;
  canSpeak: boolean;
  loudness: Loudness;
  speaking: boolean;
  /** The spurt that their packets belong to now; 0 while nothing of theirs is forwarded. */
  spurt: number;
  streams: VoiceStream[];
}

export class Room {
  readonly #members = new Map<ParticipantId, Member>();
  readonly #voices: VoiceTable;
  #spurts = 0;

  constructor(voices: number) {
    this.#voices = new VoiceTable(voices);
  }

  get size(): number {
    return this.#members.size;
  }

  participants(): Participant[] {
    return [...this.#members.values()].map((member) => member.participant);
  }

  isMuted(id: ParticipantId): boolean {
    return this.#members.get(id)?.participant.muted ?? false;
  }

  handle(input: RoomInput, nowMs: number): RoomOutput[] {
    switch (input.type) {
      case "join":
        return this.#join(input.joining, nowMs);
      case "leave":
        return this.#leave(input.id, nowMs);
      case "mute":
        return this.#mute(input.id, input.muted, nowMs);
      case "speak":
        return this.#setCanSpeak(input.id, input.canSpeak, nowMs);
      case "packet":
        return this.#packet(input.from, input.packet, nowMs);
      case "tick":
        return this.#tick(nowMs);
    }
  }

  #join({ participant, canSpeak, voices, streamStarts }: Joining, nowMs: number): RoomOutput[] {
    assert(!this.#members.has(participant.id), "a participant joins once");
    const joined = this.#toAll({ type: "participant-joined", participant });
    const member: Member = {
      participant,
      csrc: Number(participant.id),
      canSpeak,
      loudness: new Loudness(),
      speaking: false,
      spurt: 0,
      streams: streamStarts
        .slice(0, Math.min(voices, this.#voices.size))
        .map((start) => new VoiceStream(start.sequence, start.timestamp)),
    };
    this.#members.set(participant.id, member);
    const held = this.#voices.holders().flatMap((holder, voice) => (holder ? [voice] : []));
    const known = this.#voiceMessages([participant.id], held);
    const index = canSpeak ? this.#voices.takeFree(participant.id, member.loudness, nowMs) : -1;
    return [...joined, ...known, ...this.#voiceChanged(index)];
  }

  #leave(id: ParticipantId, nowMs: number): RoomOutput[] {
    const member = this.#members.get(id);
    if (!member) return [];
    const silence = this.#silence(member, nowMs);
    this.#members.delete(id);
    const freed = this.#voices.release(id);
    const outputs = [
      ...silence,
      ...this.#toAll({ type: "participant-left", id }),
      ...this.#voiceChanged(freed),
    ];
    return freed < 0 ? outputs : [...outputs, ...this.#giveToWaiting(nowMs)];
  }

  /** Whoever is left without a voice gets the freed one, so that a small room is fixed again. */
  #giveToWaiting(nowMs: number): RoomOutput[] {
    for (const member of this.#members.values()) {
      if (!member.canSpeak || this.#voices.indexOf(member.participant.id) >= 0) continue;
      return this.#voiceChanged(this.#voices.takeFree(member.participant.id, member.loudness, nowMs));
    }
    return [];
  }

  #mute(id: ParticipantId, muted: boolean, nowMs: number): RoomOutput[] {
    const member = this.#members.get(id);
    if (!member || member.participant.muted === muted) return [];
    member.participant = { ...member.participant, muted };
    const silence = this.#silence(member, nowMs);
    member.spurt = 0;
    member.loudness.reset();
    const updated = this.#toAll({ type: "participant-updated", participant: member.participant });
    return muted ? [...silence, ...updated, ...this.#setSpeaking(member, false)] : updated;
  }

  /** Without the right they hold no voice: somebody else may need it. */
  #setCanSpeak(id: ParticipantId, canSpeak: boolean, nowMs: number): RoomOutput[] {
    const member = this.#members.get(id);
    if (!member || member.canSpeak === canSpeak) return [];
    member.canSpeak = canSpeak;
    if (canSpeak) return this.#voiceChanged(this.#voices.takeFree(id, member.loudness, nowMs));
    const silence = this.#silence(member, nowMs);
    member.spurt = 0;
    member.loudness.reset();
    const freed = this.#voices.release(id);
    const outputs = [...silence, ...this.#setSpeaking(member, false), ...this.#voiceChanged(freed)];
    return freed < 0 ? outputs : [...outputs, ...this.#giveToWaiting(nowMs)];
  }

  #packet(from: ParticipantId, packet: MediaPacket, nowMs: number): RoomOutput[] {
    const member = this.#members.get(from);
    if (!member?.canSpeak || member.participant.muted) return [];
    member.loudness.hear(packet.levelDbov, packet.payload.length, nowMs);
    const outputs: RoomOutput[] = [];
    let voice = this.#voices.indexOf(from);
    const speaks = member.loudness.isSpeaking(nowMs);
    if (speaks !== member.speaking) outputs.push(...this.#setSpeaking(member, speaks));
    if (voice < 0 && speaks) {
      const loser = this.#loserOf(() => this.#voices.claim(from, member.loudness, nowMs));
      voice = loser.voice;
      if (loser.member) loser.member.spurt = 0;
      outputs.push(...this.#voiceChanged(voice));
    }
    if (voice < 0) return outputs;
    if (member.spurt === 0) member.spurt = ++this.#spurts;
    for (const [to, listener] of this.#members) {
      const stream = to === from ? undefined : listener.streams[voice];
      const forwarded = stream?.map(member.spurt, member.csrc, packet, nowMs);
      if (forwarded) outputs.push({ type: "forward", to, voice, packet: forwarded });
    }
    return outputs;
  }

  /** Ends somebody's spurt in everyone's ears at once; nothing where none is under way. */
  #silence(talker: Member, nowMs: number): RoomOutput[] {
    const voice = this.#voices.indexOf(talker.participant.id);
    if (voice < 0 || talker.spurt === 0) return [];
    const outputs: RoomOutput[] = [];
    for (const [to, listener] of this.#members) {
      const stream = to === talker.participant.id ? undefined : listener.streams[voice];
      for (let frame = 0; stream && frame < SILENCE_FRAMES; frame++)
        outputs.push({ type: "forward", to, voice, packet: stream.silence(talker.csrc, nowMs) });
    }
    return outputs;
  }

  /** Runs a claim and tells which voice it gave, and whose voice that was. */
  #loserOf(claim: () => number): { voice: number; member: Member | undefined } {
    const before = this.#voices.holders();
    const voice = claim();
    const id = voice < 0 ? undefined : before[voice];
    return { voice, member: id === undefined ? undefined : this.#members.get(id) };
  }

  #tick(nowMs: number): RoomOutput[] {
    const outputs: RoomOutput[] = [];
    for (const member of this.#members.values())
      if (member.speaking && !member.loudness.isSpeaking(nowMs))
        outputs.push(...this.#setSpeaking(member, false));
    return outputs;
  }

  #setSpeaking(member: Member, speaking: boolean): RoomOutput[] {
    if (member.speaking === speaking) return [];
    member.speaking = speaking;
    return this.#toAll({ type: "speaking", id: member.participant.id, speaking });
  }

  #voiceChanged(voice: number): RoomOutput[] {
    return voice < 0 ? [] : this.#voiceMessages([...this.#members.keys()], [voice]);
  }

  #voiceMessages(to: readonly ParticipantId[], changed: readonly number[]): RoomOutput[] {
    const holders = this.#voices.holders();
    return to.flatMap((id): RoomOutput[] => {
      const negotiated = this.#members.get(id)?.streams.length ?? 0;
      const voices = changed
        .filter((voice) => voice < negotiated)
        .map((voice) => ({ voice, participantId: holders[voice] ?? null }));
      return voices.length === 0 ? [] : [{ type: "message", to: id, message: { type: "voices", voices } }];
    });
  }

  #toAll(message: NodeMessage): RoomOutput[] {
    return [...this.#members.keys()].map((to) => ({ type: "message", to, message }));
  }
}
