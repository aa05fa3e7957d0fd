/** Takes WebSocket upgrades on the signalling path from an HTTP server that somebody else owns. */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { SIGNAL_HELLO_BYTES_MAX } from "@parley/contract/limits";
import { SIGNAL_PATH } from "@parley/contract/signal";
import { type WebSocket, WebSocketServer } from "ws";

export interface SignalServerOptions {
  /** Origins that may connect beside the node's own; undefined Origin (not a browser) always may. */
  allowedOrigins: readonly string[];
  /** `host` is the Host header: how the client reached us. */
  onConnection(socket: WebSocket, host: string | undefined): void;
}

export class SignalServer {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: SIGNAL_HELLO_BYTES_MAX,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #options: SignalServerOptions;

  constructor(options: SignalServerOptions) {
    this.#options = options;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const path = request.url?.split("?", 1)[0];
    if (path !== SIGNAL_PATH) return refuse(socket, 404);
    if (!this.#isAllowed(request)) return refuse(socket, 403);
    this.#server.handleUpgrade(request, socket, head, (webSocket) =>
      this.#options.onConnection(webSocket, request.headers.host),
    );
  }

  #isAllowed({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined || this.#options.allowedOrigins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }
}

function refuse(socket: Duplex, status: 403 | 404): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
