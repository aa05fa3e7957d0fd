/**
 * One person's stay: from the hello on a socket to the end of socket or media. Its state has one field, and
 * whichever end comes first closes the other.
 */
import { randomInt } from "node:crypto";
import { AppError } from "@parley/contract/errors";
import { type ParticipantId, participantIdSchema } from "@parley/contract/ids";
import type { JoinTokenClaims } from "@parley/contract/join";
import { SIGNAL_PING_INTERVAL_MS } from "@parley/contract/limits";
import { has, PRIORITY_SPEAKER, SPEAK } from "@parley/contract/permissions";
import {
  type ClientMessage,
  type NodeMessage,
  negotiateVersion,
  type Participant,
} from "@parley/contract/signal";
import type { WebSocket } from "ws";
import type { MediaPacket } from "./core/media-packet.ts";
import type { Connection, RoomSession } from "./room-session.ts";
import type { MediaTransport } from "./rtc/media-transport.ts";
import { randomStreamStart } from "./rtc/stream-start.ts";
import { SignalSocket } from "./signal/signal-socket.ts";

type Hello = Extract<ClientMessage, { type: "hello" }>;

/** What a session asks of its node. */
export interface ParticipantHost {
  verify(token: string): Promise<JoinTokenClaims>;
  accept(sdp: string, host: string | undefined, session: ParticipantSession): Promise<MediaTransport>;
  /** The room of a token, made if need be. Throws `moved` or `channel_full`. */
  enter(claims: JoinTokenClaims): RoomSession;
  /** Something in a room changed: who is there, or who is muted. */
  changed(room: RoomSession): void;
  entered(session: ParticipantSession): void;
  ended(session: ParticipantSession): void;
  logBug(error: unknown): void;
}

type State =
  | { phase: "new" }
  | { phase: "joining" }
  | { phase: "inside"; room: RoomSession; participantId: ParticipantId; connection: Connection }
  | { phase: "ended" };

export class ParticipantSession {
  readonly #host: ParticipantHost;
  readonly #reachedBy: string | undefined;
  readonly #socket: SignalSocket;
  #state: State = { phase: "new" };

  constructor(webSocket: WebSocket, reachedBy: string | undefined, host: ParticipantHost) {
    this.#host = host;
    this.#reachedBy = reachedBy;
    this.#socket = new SignalSocket(webSocket, {
      onMessage: (message) => this.#receive(message),
      onClose: () => this.#end(),
      onBug: (error) => host.logBug(error),
    });
  }

  /** The media side was lost. */
  transportLost(): void {
    this.fail("transport_failed");
  }

  packetArrived(packet: MediaPacket): void {
    if (this.#state.phase !== "inside") return;
    this.#state.room.packet(this.#state.participantId, packet);
  }

  fail(code: "transport_failed" | "shutting_down"): void {
    this.#socket.fail(code);
    this.#end();
  }

  async #receive(message: ClientMessage): Promise<void> {
    if (message.type === "hello") return this.#join(message);
    const state = this.#state;
    if (state.phase !== "inside")
      throw new AppError("message_invalid", { detail: "The first message must be hello." });
    switch (message.type) {
      case "mute":
        if (state.room.isMuted(state.participantId) === message.muted) return;
        state.room.handle({ type: "mute", id: state.participantId, muted: message.muted });
        return this.#host.changed(state.room);
      case "ping":
        return this.#socket.send({ type: "pong", id: message.id });
      case "leave":
        this.#socket.close();
        return this.#end();
    }
  }

  async #join(hello: Hello): Promise<void> {
    if (this.#state.phase !== "new")
      throw new AppError("message_invalid", { detail: "hello comes once, and first." });
    const version = negotiateVersion(hello.versions);
    if (version === undefined) throw new AppError("version_unsupported");
    this.#state = { phase: "joining" };
    const claims = await this.#host.verify(hello.token);
    const transport = await this.#host.accept(hello.offer, this.#reachedBy, this);
    // The socket may have closed while keys and SDP were worked on.
    if ((this.#state as State).phase !== "joining") return transport.close();
    this.#enter(hello, version, claims, transport);
  }

  #enter(hello: Hello, version: number, claims: JoinTokenClaims, transport: MediaTransport): void {
    let room: RoomSession;
    try {
      room = this.#host.enter(claims);
    } catch (error) {
      transport.close();
      throw error;
    }
    const participant = newParticipant(claims, hello.muted, room);
    const connection = { transport, send: (message: NodeMessage) => this.#socket.send(message) };
    this.#state = { phase: "inside", room, participantId: participant.id, connection };
    this.#socket.authenticated();
    room.join(
      {
        participant,
        listener: connection,
        canSpeak: has(BigInt(claims.perm), SPEAK),
        isPriority: has(BigInt(claims.perm), PRIORITY_SPEAKER),
        voices: transport.voices,
        streamStarts: Array.from({ length: transport.voices }, randomStreamStart),
      },
      {
        type: "welcome",
        version,
        answer: transport.answer,
        you: participant.id,
        permissions: claims.perm,
        participants: [...room.participants(), participant],
        voices: transport.voices,
        pingIntervalMs: SIGNAL_PING_INTERVAL_MS,
      },
    );
    this.#host.entered(this);
    this.#host.changed(room);
  }

  #end(): void {
    const state = this.#state;
    if (state.phase === "ended") return;
    this.#state = { phase: "ended" };
    if (state.phase === "inside") {
      state.connection.transport.close();
      state.room.leave(state.participantId, state.connection);
      this.#host.changed(state.room);
    }
    this.#host.ended(this);
  }
}

/** The id is drawn as a CSRC: 32 random bits, unique in the room. */
function newParticipant(claims: JoinTokenClaims, muted: boolean, room: RoomSession): Participant {
  const taken = new Set<string>(room.participants().map((other) => other.id));
  let id = String(randomInt(1, 0x100000000));
  while (taken.has(id)) id = String(randomInt(1, 0x100000000));
  return { id: participantIdSchema.parse(id), userId: claims.sub, name: claims.name, muted };
}
