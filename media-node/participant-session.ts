/**
 * One person's stay: from the hello on a socket to the end of socket or media. Its state has one field, and
 * whichever end comes first closes the other.
 */
import { randomInt } from "node:crypto";
import { AppError, type ErrorCode } from "@parley/contract/errors";
import { type ParticipantId, participantIdSchema } from "@parley/contract/ids";
import type { JoinTokenClaims } from "@parley/contract/join";
import { SIGNAL_PING_INTERVAL_MS } from "@parley/contract/limits";
import { has, SPEAK } from "@parley/contract/permissions";
import { type ClientMessage, negotiateVersion, type Participant } from "@parley/contract/signal";
import type { WebSocket } from "ws";
import type { WatchedCall } from "./cluster/authorization-watch.ts";
import type { MediaPacket } from "./core/media-packet.ts";
import type { RoomSession } from "./room-session.ts";
import type { MediaTransport } from "./rtc/media-transport.ts";
import { randomStreamStart } from "./rtc/stream-start.ts";
import { SignalSocket } from "./signal/signal-socket.ts";

type Hello = Extract<ClientMessage, { type: "hello" }>;

/** What a session asks of its node. */
export interface ParticipantHost {
  verify(token: string): Promise<JoinTokenClaims>;
  accept(sdp: string, host: string | undefined, session: ParticipantSession): Promise<MediaTransport>;
  /** The room of a token, made if need be. Throws `moved`, `channel_full`, or why the token is void. */
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
  | {
      phase: "inside";
      room: RoomSession;
      participantId: ParticipantId;
      transport: MediaTransport;
      claims: JoinTokenClaims;
      permissions: bigint;
    }
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
    this.#state.room.handle({ type: "packet", from: this.#state.participantId, packet });
  }

  fail(code: ErrorCode): void {
    this.#socket.fail(code);
    this.#end();
  }

  /** The stay as rights see it; undefined before and after. */
  get call(): WatchedCall | undefined {
    const state = this.#state;
    if (state.phase !== "inside") return undefined;
    const { claims, permissions } = state;
    return { claims, permissions, allow: (bits) => this.#allow(bits), end: (code) => this.fail(code) };
  }

  /** What they may do has changed: it counts from the next packet on, without a word of SDP. */
  #allow(permissions: bigint): void {
    const state = this.#state;
    if (state.phase !== "inside") return;
    this.#state = { ...state, permissions };
    this.#socket.send({ type: "permissions", permissions: permissions.toString() });
    state.room.handle({ type: "speak", id: state.participantId, canSpeak: has(permissions, SPEAK) });
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
    const permissions = BigInt(claims.perm);
    this.#state = { phase: "inside", room, participantId: participant.id, transport, claims, permissions };
    this.#socket.authenticated();
    room.join(
      {
        participant,
        canSpeak: has(permissions, SPEAK),
        voices: transport.voices,
        streamStarts: Array.from({ length: transport.voices }, randomStreamStart),
      },
      { transport, send: (message) => this.#socket.send(message) },
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
      state.transport.close();
      state.room.leave(state.participantId);
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
