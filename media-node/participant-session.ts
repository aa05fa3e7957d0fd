/**
 * One person's stay: from the hello on a socket to the end of socket or media. Its state has one field, and
 * whichever end comes first closes the other.
 */
import { randomInt } from "node:crypto";
import type { Duplex } from "node:stream";
import { AppError, type ErrorCode } from "@parley/contract/errors";
import { type ParticipantId, participantIdSchema } from "@parley/contract/ids";
import type { JoinTokenClaims } from "@parley/contract/join";
import { SIGNAL_PING_INTERVAL_MS } from "@parley/contract/limits";
import { has, PRIORITY_SPEAKER, SPEAK } from "@parley/contract/permissions";
import { type ClientMessage, negotiateVersion, type Participant } from "@parley/contract/signal";
import type { WebSocket } from "ws";
import type { WatchedCall } from "./cluster/authorization-watch.ts";
import type { RoomRoster } from "./room-roster.ts";
import { SignalSocket } from "./signal/signal-socket.ts";
import { UnmutePace } from "./unmute-pace.ts";

type Hello = Extract<ClientMessage, { type: "hello" }>;

/** What a session asks of its node. */
export interface ParticipantHost {
  verify(token: string): Promise<JoinTokenClaims>;
  /** By which addresses this client may reach the node. Throws `unavailable` when there is none. */
  addresses(): Promise<readonly string[]>;
  /**
   * The room of a token, made if need be and kept until `enter` or `abandon`. Throws `moved`, `node_full` or why
   * the token is void.
   */
  place(claims: JoinTokenClaims): RoomRoster;
  /** Takes the place. Throws `moved`, `channel_full` or why the token is void. */
  enter(room: RoomRoster, claims: JoinTokenClaims): void;
  abandon(room: RoomRoster): void;
  /** Somebody came into a room. */
  came(room: RoomRoster): void;
  /** Somebody is about to be gone from it. */
  leaving(room: RoomRoster): void;
  /** Something in a room changed: who is still there, or who is muted. */
  changed(room: RoomRoster): void;
  entered(session: ParticipantSession): void;
  ended(session: ParticipantSession): void;
  logBug(error: unknown): void;
}

type State =
  | { phase: "new" }
  | { phase: "joining" }
  | {
      phase: "inside";
      room: RoomRoster;
      participantId: ParticipantId;
      claims: JoinTokenClaims;
      permissions: bigint;
    }
  | { phase: "ended" };

export class ParticipantSession {
  /** The number of this stay, by which the threads know it. */
  readonly stay: number;
  readonly #host: ParticipantHost;
  readonly #socket: SignalSocket;
  readonly #unmutePace = new UnmutePace((muted) => this.#setMuted(muted));
  #state: State = { phase: "new" };

  constructor(stay: number, webSocket: WebSocket, stream: Duplex, host: ParticipantHost) {
    this.stay = stay;
    this.#host = host;
    this.#socket = new SignalSocket(webSocket, stream, {
      onMessage: (message) => this.#receive(message),
      onClose: () => this.#end(),
      onBug: (error) => host.logBug(error),
    });
  }

  /** The media side was lost. */
  transportLost(): void {
    this.fail("transport_failed");
  }

  /** Passes on what the room says, which is JSON already. */
  sendText(text: string): void {
    this.#socket.sendText(text);
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
    state.room.thread.setRights(this.stay, voiceRights(permissions));
  }

  #setMuted(muted: boolean): void {
    const state = this.#state;
    if (state.phase !== "inside" || !state.room.setMuted(state.participantId, muted)) return;
    state.room.thread.mute(this.stay, muted);
    this.#host.changed(state.room);
  }

  async #receive(message: ClientMessage): Promise<void> {
    if (message.type === "hello") return this.#join(message);
    const state = this.#state;
    if (state.phase !== "inside")
      throw new AppError("message_invalid", { detail: "The first message must be hello." });
    switch (message.type) {
      case "mute":
        return this.#unmutePace.set(message.muted);
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
    const room = this.#host.place(claims);
    const accepted = await this.#host
      .addresses()
      .then((addresses) => room.thread.accept(this.stay, hello.offer, addresses))
      .catch((error: unknown) => {
        this.#host.abandon(room);
        throw error;
      });
    // The socket may have closed while keys and SDP were worked on.
    if ((this.#state as State).phase !== "joining") {
      room.thread.leave(this.stay);
      return this.#host.abandon(room);
    }
    this.#enter(hello, version, claims, room, accepted);
  }

  #enter(
    hello: Hello,
    version: number,
    claims: JoinTokenClaims,
    room: RoomRoster,
    accepted: { answer: string; voices: number },
  ): void {
    try {
      this.#host.enter(room, claims);
    } catch (error) {
      room.thread.leave(this.stay);
      this.#host.abandon(room);
      throw error;
    }
    const participant = newParticipant(claims, hello.muted, room);
    const permissions = BigInt(claims.perm);
    room.add(participant);
    this.#state = { phase: "inside", room, participantId: participant.id, claims, permissions };
    this.#socket.authenticated();
    // The welcome goes out before anything that the room says of its other people.
    this.#socket.send({
      type: "welcome",
      version,
      answer: accepted.answer,
      you: participant.id,
      permissions: claims.perm,
      participants: room.participants(),
      voices: accepted.voices,
      pingIntervalMs: SIGNAL_PING_INTERVAL_MS,
    });
    room.thread.enter(this.stay, {
      organizationId: room.organizationId,
      channelId: room.channelId,
      participant,
      ...voiceRights(permissions),
    });
    this.#host.entered(this);
    this.#host.came(room);
  }

  #end(): void {
    const state = this.#state;
    if (state.phase === "ended") return;
    this.#state = { phase: "ended" };
    this.#unmutePace.close();
    if (state.phase === "inside") {
      this.#host.leaving(state.room);
      state.room.thread.leave(this.stay);
      state.room.remove(state.participantId);
      this.#host.changed(state.room);
    }
    this.#host.ended(this);
  }
}

const voiceRights = (permissions: bigint) => ({
  canSpeak: has(permissions, SPEAK),
  isPriority: has(permissions, PRIORITY_SPEAKER),
});

/** The id is drawn as a CSRC: 32 random bits, unique in the room. */
function newParticipant(claims: JoinTokenClaims, muted: boolean, room: RoomRoster): Participant {
  const draw = () => participantIdSchema.parse(String(randomInt(1, 0x100000000)));
  let id = draw();
  while (room.has(id)) id = draw();
  return { id, userId: claims.sub, name: claims.name, muted };
}
