/** The signalling WebSocket: hello, then messages both ways, with pings that notice a dead connection. */
import { type ErrorCode, errorTable } from "@parley/contract/errors";
import {
  type ClientMessageInput,
  type NodeMessage,
  nodeMessageSchema,
  SIGNAL_VERSIONS,
} from "@parley/contract/signal";
import { ParleyError } from "./parley-error.ts";

export type Welcome = Extract<NodeMessage, { type: "welcome" }>;

const SILENT_INTERVALS_MAX = 3;
const CLOSE_NORMAL = 1000;

interface SignalSocketOptions {
  url: string;
  WebSocket?: typeof WebSocket | undefined;
  /** Every message after the welcome, except pongs. */
  onMessage(message: NodeMessage): void;
  /** Called once at most, and never after `close()`. */
  onLost(error: ParleyError): void;
}

export class SignalSocket {
  readonly #options: SignalSocketOptions;
  readonly #socket: WebSocket;
  readonly #welcome = Promise.withResolvers<Welcome>();
  #phase: "greeting" | "open" | "closed" = "greeting";
  #lastError: ParleyError | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #pingId = 0;
  #heardAtMs = 0;

  constructor(options: SignalSocketOptions) {
    this.#options = options;
    // Closing before anybody waits for the welcome must not count as an unhandled rejection.
    this.#welcome.promise.catch(() => {});
    this.#socket = new (options.WebSocket ?? globalThis.WebSocket)(options.url);
    this.#socket.onmessage = (event) => this.#receive(event.data);
    this.#socket.onclose = (event) => this.#fail(this.#reasonFor(event.code));
  }

  /** Sends hello as soon as the socket is open and resolves with the node's welcome. */
  hello(input: { token: string; offer: string; muted: boolean }): Promise<Welcome> {
    const send = () => this.#write({ type: "hello", versions: [...SIGNAL_VERSIONS], ...input });
    if (this.#socket.readyState === 1) send();
    else this.#socket.onopen = send;
    return this.#welcome.promise;
  }

  /** Does nothing unless the node has said welcome. */
  send(message: ClientMessageInput): void {
    if (this.#phase === "open") this.#write(message);
  }

  close(): void {
    this.#shut();
    this.#welcome.reject(new ParleyError("join_cancelled"));
  }

  #receive(data: unknown): void {
    if (this.#phase === "closed") return;
    this.#heardAtMs = Date.now();
    const message = parseNodeMessage(data);
    if (this.#phase === "greeting") {
      if (message?.type === "welcome") this.#start(message);
      else if (message?.type === "error") this.#fail(new ParleyError(message.code, detailOf(message)));
      else this.#fail(new ParleyError("bad_response", { cause: data }));
      return;
    }
    // Messages that this build doesn't know come from a newer node and are passed over.
    if (message === undefined || message.type === "pong") return;
    if (message.type === "error") this.#lastError = new ParleyError(message.code, detailOf(message));
    this.#options.onMessage(message);
  }

  #start(welcome: Welcome): void {
    this.#phase = "open";
    this.#pingTimer = setInterval(() => this.#ping(welcome.pingIntervalMs), welcome.pingIntervalMs);
    this.#welcome.resolve(welcome);
  }

  #ping(intervalMs: number): void {
    if (Date.now() - this.#heardAtMs > SILENT_INTERVALS_MAX * intervalMs) {
      this.#fail(new ParleyError("connection_lost"));
      return;
    }
    this.#pingId += 1;
    this.#write({ type: "ping", id: this.#pingId });
  }

  /** An error message explains the close only if it carries the same close code. */
  #reasonFor(closeCode: number): ParleyError {
    const error = this.#lastError;
    if (error && errorTable[error.code as ErrorCode]?.close === closeCode) return error;
    return new ParleyError("connection_lost", { cause: `close code ${closeCode}` });
  }

  #fail(error: ParleyError): void {
    if (this.#phase === "closed") return;
    const wasOpen = this.#phase === "open";
    this.#shut();
    this.#welcome.reject(error);
    if (wasOpen) this.#options.onLost(error);
  }

  #shut(): void {
    this.#phase = "closed";
    clearInterval(this.#pingTimer);
    this.#socket.onopen = null;
    this.#socket.close(CLOSE_NORMAL);
  }

  #write(message: ClientMessageInput): void {
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(message));
  }
}

export function parseNodeMessage(data: unknown): NodeMessage | undefined {
  if (typeof data !== "string") return undefined;
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return undefined;
  }
  return nodeMessageSchema.safeParse(json).data;
}

const detailOf = (message: { code: ErrorCode; detail: string }) =>
  message.detail === "" ? {} : { detail: message.detail };
