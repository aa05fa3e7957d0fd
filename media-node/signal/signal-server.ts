/** Takes WebSocket upgrades on the signalling path from an HTTP server that somebody else owns. */
import { randomUUID } from "node:crypto";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { AppError, type ErrorCode, errorTable, toProblem } from "@parley/contract/errors";
import { SIGNAL_HELLO_BYTES_MAX } from "@parley/contract/limits";
import { SIGNAL_PATH } from "@parley/contract/signal";
import { type WebSocket, WebSocketServer } from "ws";

/** How a client reached us. */
export interface Caller {
  /** The Host header. */
  host: string | undefined;
  /** The connection's other end: a proxy's address where one stands in front. */
  address: string | undefined;
  /** A proxy says that it passes somebody on. */
  isForwarded: boolean;
}

export interface SignalServerOptions {
  /** Origins that may connect beside the node's own; undefined Origin (not a browser) always may. */
  allowedOrigins: readonly string[];
  /** Why nobody may connect now, if so. */
  closedBecause(): ErrorCode | undefined;
  /** `stream` is what the socket writes to. */
  onConnection(socket: WebSocket, stream: Duplex, caller: Caller): void;
  /** An upgrade was refused, and why. */
  onRefused(code: ErrorCode): void;
}

export class SignalServer {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: SIGNAL_HELLO_BYTES_MAX,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #options: SignalServerOptions;
  readonly #sockets = new Set<Duplex>();

  constructor(options: SignalServerOptions) {
    this.#options = options;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const path = request.url?.split("?", 1)[0];
    const reason = this.#refusalOf(request, path);
    if (reason) {
      this.#options.onRefused(reason);
      return refuse(socket, reason);
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    this.#server.handleUpgrade(request, socket, head, (webSocket) =>
      this.#options.onConnection(webSocket, socket, callerOf(request)),
    );
  }

  /** Resolves when every socket is closed; those that still aren't after `msMax` are cut. */
  async drain(msMax: number): Promise<void> {
    // Not events.once: a client that is gone already makes an error first, and closes all the same.
    const closing = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, msMax);
    await Promise.all(closing);
    clearTimeout(timer);
  }

  #refusalOf(request: IncomingMessage, path: string | undefined): ErrorCode | undefined {
    if (path !== SIGNAL_PATH) return "not_found";
    return this.#isAllowed(request) ? this.#options.closedBecause() : "origin_forbidden";
  }

  #isAllowed({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined || this.#options.allowedOrigins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }
}

const callerOf = ({ headers, socket }: IncomingMessage): Caller => ({
  host: headers.host,
  address: socket.remoteAddress,
  isForwarded: headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined,
});

function refuse(socket: Duplex, code: ErrorCode): void {
  const { status } = errorTable[code];
  const body = JSON.stringify(toProblem(new AppError(code), randomUUID()));
  // HTTP sockets are half-open: without this a client that never closes would hold its own for ever.
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
