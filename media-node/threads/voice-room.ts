/**
 * A room and where its voices go: feeds what arrives into the pure core and carries its outputs away. The core
 * decides, this only moves. Its listeners are stays, known by their numbers (voice-thread.ts).
 */
import type { ParticipantId } from "@parley/contract/ids";
import { PARTICIPANTS_PER_ROOM_MAX } from "@parley/contract/limits";
import type { NodeMessage } from "@parley/contract/signal";
import { ForwardBatch } from "../core/forward-batch.ts";
import { ticksAt } from "../core/media-clock.ts";
import type { ForwardedPacket, MediaPacket } from "../core/media-packet.ts";
import { Room, type RoomInput, type RoomOutput } from "../core/room.ts";
import type { RoomDrops } from "../core/room-drops.ts";
import { OPUS_SILENCE } from "../core/silence.ts";
import type { VoiceOutlet } from "../rtc/media-transport.ts";

/** Filled anew for each packet of any room: one thread handles one packet at a time. */
const batch = new ForwardBatch<VoiceOutlet>(PARTICIPANTS_PER_ROOM_MAX);
const outgoing: ForwardedPacket = {
  sequenceNumber: 0,
  timestamp: 0,
  marker: false,
  csrc: 0,
  payload: OPUS_SILENCE,
  redOf: undefined,
  atTicks: 0,
};

type Input = RoomInput<number, VoiceOutlet>;
type Output = RoomOutput<number, VoiceOutlet>;
type Message = Extract<Output, { type: "message" }>;

export class VoiceRoom {
  readonly #room: Room<number, VoiceOutlet>;
  /** Counts packets, to begin each one's round at another listener. */
  #rounds = 0;
  readonly #onMessage: (stays: readonly number[], message: NodeMessage) => void;

  /** `drops` are counted by all rooms of a thread together. */
  constructor(
    voices: number,
    onMessage: (stays: readonly number[], message: NodeMessage) => void,
    drops?: RoomDrops,
  ) {
    this.#room = new Room(voices, drops);
    this.#onMessage = onMessage;
  }

  get size(): number {
    return this.#room.size;
  }

  get voicesInUse(): number {
    return this.#room.voicesInUse;
  }

  handle(input: Exclude<Input, { type: "leave" }>, nowMs: number): void {
    this.#carry(this.#room.handle(input, nowMs), nowMs);
  }

  leave(id: ParticipantId, nowMs: number): void {
    this.#carry(this.#room.handle({ type: "leave", id }, nowMs), nowMs);
    batch.clear();
  }

  /** The way of every packet: it allocates nothing. */
  packet(from: ParticipantId, packet: MediaPacket, nowMs: number): void {
    const outputs = this.#room.forward(from, packet, nowMs, batch);
    outgoing.csrc = batch.csrc;
    outgoing.payload = packet.payload;
    outgoing.redOf = packet.redOf;
    outgoing.atTicks = ticksAt(nowMs);
    // Where the socket takes only some, it must not always be the last to have come who go without.
    const first = batch.count === 0 ? 0 : this.#rounds++ % batch.count;
    for (let n = 0; n < batch.count; n++) {
      const index = first + n < batch.count ? first + n : first + n - batch.count;
      outgoing.sequenceNumber = batch.sequenceNumbers[index] as number;
      outgoing.timestamp = batch.timestamps[index] as number;
      outgoing.marker = batch.markers[index] === 1;
      (batch.outlets[index] as VoiceOutlet).send(outgoing);
    }
    if (outputs.length > 0) this.#carry(outputs, nowMs);
  }

  /** News for everyone are one message object, and leave as one. */
  #carry(outputs: readonly Output[], nowMs: number): void {
    const atTicks = ticksAt(nowMs);
    for (let index = 0; index < outputs.length; index++) {
      const output = outputs[index] as Output;
      if (output.type === "silence") {
        const { sequenceNumber, timestamp, csrc } = output;
        const packet = { sequenceNumber, timestamp, marker: false, csrc, payload: OPUS_SILENCE, atTicks };
        output.outlet.send(packet);
        continue;
      }
      const stays = [output.to];
      for (; isSameMessage(outputs[index + 1], output.message); index++)
        stays.push((outputs[index + 1] as Message).to);
      this.#onMessage(stays, output.message);
    }
  }
}

const isSameMessage = (output: Output | undefined, message: NodeMessage): boolean =>
  output?.type === "message" && output.message === message;
