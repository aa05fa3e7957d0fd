/**
 * A room and its sockets: feeds what arrives into the pure core and carries its outputs to transports and
 * signalling. The core decides, this only moves.
 */
import type { ChannelId, OrganizationId, ParticipantId } from "@parley/contract/ids";
import { PARTICIPANTS_PER_ROOM_MAX } from "@parley/contract/limits";
import type { NodeMessage } from "@parley/contract/signal";
import { ForwardBatch } from "./core/forward-batch.ts";
import type { ForwardedPacket, MediaPacket } from "./core/media-packet.ts";
import { type Joining, Room, type RoomInput, type RoomOutput } from "./core/room.ts";
import { OPUS_SILENCE } from "./core/silence.ts";
import type { MediaTransport } from "./rtc/media-transport.ts";

const TICK_MS = 100;

export interface Connection {
  transport: MediaTransport;
  send(message: NodeMessage): void;
}

/** Filled anew for each packet of any room: one thread handles one packet at a time. */
const batch = new ForwardBatch<Connection>(PARTICIPANTS_PER_ROOM_MAX);
const outgoing: ForwardedPacket = {
  sequenceNumber: 0,
  timestamp: 0,
  marker: false,
  csrc: 0,
  payload: OPUS_SILENCE,
};

export class RoomSession {
  readonly organizationId: OrganizationId;
  readonly channelId: ChannelId;
  /** The highest fence that a token named; lower ones are of a placement that is over. */
  fence: number;
  readonly #room: Room<Connection>;
  readonly #timer: NodeJS.Timeout;

  constructor(options: {
    organizationId: OrganizationId;
    channelId: ChannelId;
    fence: number;
    voices: number;
  }) {
    this.organizationId = options.organizationId;
    this.channelId = options.channelId;
    this.fence = options.fence;
    this.#room = new Room(options.voices);
    this.#timer = setInterval(() => this.handle({ type: "tick", shedVoices: 0 }), TICK_MS);
  }

  get size(): number {
    return this.#room.size;
  }

  participants() {
    return this.#room.participants();
  }

  isMuted(id: ParticipantId): boolean {
    return this.#room.isMuted(id);
  }

  /** The welcome goes out before anything that the room says of its other people. */
  join(joining: Joining<Connection>, welcome: NodeMessage): void {
    joining.listener.send(welcome);
    this.handle({ type: "join", joining });
  }

  leave(id: ParticipantId, connection: Connection): void {
    this.handle({ type: "leave", id });
    batch.forget(connection);
  }

  handle(input: RoomInput<Connection>): void {
    this.#carry(this.#room.handle(input, performance.now()));
  }

  /** The way of every packet: it allocates nothing. */
  packet(from: ParticipantId, packet: MediaPacket): void {
    const messages = this.#room.forward(from, packet, performance.now(), batch);
    outgoing.csrc = batch.csrc;
    outgoing.payload = packet.payload;
    for (let index = 0; index < batch.count; index++) {
      outgoing.sequenceNumber = batch.sequenceNumbers[index] as number;
      outgoing.timestamp = batch.timestamps[index] as number;
      outgoing.marker = batch.markers[index] === 1;
      batch.listeners[index]?.transport.send(batch.voice, outgoing);
    }
    this.#carry(messages);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #carry(outputs: readonly RoomOutput<Connection>[]): void {
    for (const output of outputs) {
      if (output.type === "message") output.to.send(output.message);
      else
        output.to.transport.send(output.voice, {
          sequenceNumber: output.sequenceNumber,
          timestamp: output.timestamp,
          marker: false,
          csrc: output.csrc,
          payload: OPUS_SILENCE,
        });
    }
  }
}
