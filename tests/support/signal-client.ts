/** A bare WebSocket client that speaks signalling, for saying things that the SDK never would. */
import { type NodeMessage, nodeMessageSchema, SIGNAL_PATH } from "@parley/contract/signal";
import { WebSocket } from "ws";

type MessageOf<T extends NodeMessage["type"]> = Extract<NodeMessage, { type: T }>;

export class SignalClient {
  readonly socket: WebSocket;
  readonly #messages: NodeMessage[] = [];
  readonly #waiting: { type: string; resolve: (message: NodeMessage) => void }[] = [];
  readonly closed: Promise<number>;

  constructor(origin: string, options: { origin?: string } = {}) {
    this.socket = new WebSocket(new URL(SIGNAL_PATH, origin.replace("http", "ws")), options);
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    this.socket.on("error", () => {});
    this.socket.on("message", (data) => this.#receive(nodeMessageSchema.parse(JSON.parse(String(data)))));
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once("open", resolve);
      this.socket.once("error", reject);
    });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next message of a type that nobody has taken yet. */
  next<T extends NodeMessage["type"]>(type: T): Promise<MessageOf<T>> {
    const index = this.#messages.findIndex((message) => message.type === type);
    if (index >= 0) return Promise.resolve(this.#messages.splice(index, 1)[0] as MessageOf<T>);
    return new Promise((resolve) =>
      this.#waiting.push({ type, resolve: resolve as (message: NodeMessage) => void }),
    );
  }

  #receive(message: NodeMessage): void {
    const index = this.#waiting.findIndex((waiter) => waiter.type === message.type);
    if (index < 0) this.#messages.push(message);
    else this.#waiting.splice(index, 1)[0]?.resolve(message);
  }
}
