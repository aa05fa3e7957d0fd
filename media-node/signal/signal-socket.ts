/**
 * One client's WebSocket: bounds, parses and counts what comes in, and says what went wrong before it closes.
 * It knows messages, not rooms.
 */
import type { Duplex } from "node:stream";
import { AppError, type ErrorCode, errorTable } from "@parley/contract/errors";
import {
  SIGNAL_AUTHENTICATE_MS_MAX,
  SIGNAL_ERRORS_MAX,
  SIGNAL_FRAME_BYTES_MAX,
  SIGNAL_MESSAGES_BURST,
  SIGNAL_MESSAGES_PER_SECOND,
  SIGNAL_PING_INTERVAL_MS,
  SIGNAL_SEND_BUFFER_BYTES_MAX,
} from "@parley/contract/limits";
import type { ClientMessage, NodeMessage } from "@parley/contract/signal";
import type { WebSocket } from "ws";
import { TokenBucket } from "../core/token-bucket.ts";
import { parseClientMessage } from "./client-message.ts";

/** Silence of three ping intervals means that nobody is there. */
const SILENCE_MS_MAX = 3 * SIGNAL_PING_INTERVAL_MS;
/** So much is held back at the most until a turn of the loop ends. */
const HELD_BYTES_MAX = 8_192;
/** How long a client that never brought a token may take to answer that its socket closes. */
const STRANGER_CLOSE_MS_MAX = 2_000;

export interface SignalSocketEvents {
  onMessage(message: ClientMessage): Promise<void>;
  /** Once, as soon as the end is decided, whether or not the peer still answers; never inside `send`. */
  onClose(): void;
  /** A bug of ours, to be logged: the client hears only `internal_error`. */
  onBug(error: unknown): void;
}

export class SignalSocket {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #events: SignalSocketEvents;
  readonly #bucket = new TokenBucket(SIGNAL_MESSAGES_PER_SECOND, SIGNAL_MESSAGES_BURST, performance.now());
  #timer: NodeJS.Timeout;
  #authenticated = false;
  #errors = 0;
  #closed = false;
  #isHolding = false;

  /** `stream` is what the socket writes to. */
  constructor(socket: WebSocket, stream: Duplex, events: SignalSocketEvents) {
    this.#socket = socket;
    this.#stream = stream;
    this.#events = events;
    this.#timer = setTimeout(() => this.fail("authentication_timeout"), SIGNAL_AUTHENTICATE_MS_MAX);
    socket.on("message", (data: Buffer, isBinary) => void this.#receive(data, isBinary));
    // ws closes by itself after a protocol error, with the right code (RFC 6455 §7.4.1).
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#end();
      clearTimeout(this.#timer);
    });
  }

  send(message: NodeMessage): void {
    this.sendText(JSON.stringify(message));
  }

  /** A message that is JSON already: what a whole room hears is written once. */
  sendText(text: string): void {
    if (this.#closed) return;
    if (this.#socket.bufferedAmount > SIGNAL_SEND_BUFFER_BYTES_MAX) return this.fail("slow_reader");
    this.#hold();
    this.#socket.send(text);
    if (this.#stream.writableLength <= HELD_BYTES_MAX) return;
    // And on: what else the turn brings about is held as well.
    this.#stream.uncork();
    this.#stream.cork();
  }

  /** The token was good: from now on silence, not the missing hello, ends the socket. */
  authenticated(): void {
    if (this.#closed) return;
    this.#authenticated = true;
    this.#heard();
  }

  /** Says why, then closes with the code's own close code. */
  fail(code: ErrorCode, detail: string = errorTable[code].title): void {
    if (this.#closed) return;
    this.#socket.send(JSON.stringify({ type: "error", code, detail } satisfies NodeMessage));
    this.#close(errorTable[code].close, code);
  }

  /** An ordinary end: the client said that it leaves. */
  close(): void {
    if (!this.#closed) this.#close(1000, "");
  }

  #close(closeCode: number, reason: string): void {
    this.#end();
    this.#socket.close(closeCode, reason);
    // A peer that never answers the close frame is cut.
    this.#restart(
      () => this.#socket.terminate(),
      this.#authenticated ? SILENCE_MS_MAX : STRANGER_CLOSE_MS_MAX,
    );
  }

  async #receive(data: Buffer, isBinary: boolean): Promise<void> {
    if (this.#closed) return;
    if (isBinary) return this.fail("unsupported_media_type", "Send JSON in text frames.");
    if (!this.#bucket.take(performance.now())) return this.fail("too_many_messages");
    if (this.#authenticated && data.length > SIGNAL_FRAME_BYTES_MAX) return this.fail("frame_too_large");
    if (this.#authenticated) this.#heard();
    try {
      await this.#events.onMessage(parseClientMessage(data));
    } catch (error) {
      this.#complain(error);
    }
  }

  /** What one turn of the loop brings about, as somebody's coming does, leaves as one write. */
  #hold(): void {
    if (this.#isHolding) return;
    this.#isHolding = true;
    this.#stream.cork();
    setImmediate(this.#letGo);
  }

  readonly #letGo = (): void => {
    this.#isHolding = false;
    this.#stream.uncork();
  };

  #complain(error: unknown): void {
    if (!(error instanceof AppError)) {
      this.#events.onBug(error);
      return this.fail("internal_error");
    }
    // Before the hello nothing is worth keeping; afterwards a slip doesn't end a call.
    const isFatal = !this.#authenticated || ++this.#errors >= SIGNAL_ERRORS_MAX;
    if (isFatal) return this.fail(error.code, error.message);
    this.send({ type: "error", code: error.code, detail: error.message });
  }

  #heard(): void {
    this.#restart(() => this.fail("ping_timeout"));
  }

  #restart(onTimeout: () => void, ms = SILENCE_MS_MAX): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(onTimeout, ms);
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Later, since `send` may have found the reader too slow in the middle of a room's outputs.
    queueMicrotask(() => this.#events.onClose());
  }
}
