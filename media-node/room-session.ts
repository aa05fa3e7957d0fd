/**
 * A room and its sockets: feeds what arrives into the pure core and carries its outputs to transports and
 * signalling. The core decides, this only moves.
 */
import type { ChannelId, OrganizationId, ParticipantId } from "@parley/contract/ids";
import type { NodeMessage } from "@parley/contract/signal";
import { type Joining, Room, type RoomInput } from "./core/room.ts";
import type { MediaTransport } from "./rtc/media-transport.ts";

const TICK_MS = 100;

export interface Connection {
  transport: MediaTransport;
  send(message: NodeMessage): void;
}

export class RoomSession {
  readonly organizationId: OrganizationId;
  readonly channelId: ChannelId;
  /** The highest fence that a token named; lower ones are of a placement that is over. */
  fence: number;
  readonly #room: Room;
  readonly #connections = new Map<ParticipantId, Connection>();
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
    this.#timer = setInterval(() => this.handle({ type: "tick" }), TICK_MS);
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
  join(joining: Joining, connection: Connection, welcome: NodeMessage): void {
    connection.send(welcome);
    this.#connections.set(joining.participant.id, connection);
    this.handle({ type: "join", joining });
  }

  leave(id: ParticipantId): void {
    this.#connections.delete(id);
    this.handle({ type: "leave", id });
  }

  handle(input: RoomInput): void {
    for (const output of this.#room.handle(input, performance.now())) {
      const connection = this.#connections.get(output.to);
      if (output.type === "forward") connection?.transport.send(output.voice, output.packet);
      else connection?.send(output.message);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
