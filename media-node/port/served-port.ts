/** Serves HTTP, HTTPS, WebSocket upgrades and ICE-TCP on one bound port. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { BoundPort } from "./bound-port.ts";
import { redirectToHttps } from "./https-redirect.ts";
import { routeTcp, type TcpRefusal } from "./tcp-router.ts";
import { readTlsPair, type TlsPaths, watchTlsPair } from "./tls-files.ts";

export interface PortHandlers {
  request: RequestListener;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** A connection that speaks framed STUN; `head` is what was read of it. */
  iceTcp(socket: Socket, head: Buffer): void;
  /** A connection was ended before it came to anything. */
  onRefused(reason: TcpRefusal): void;
  /** New files could not be used; the certificate in use stays. */
  onTlsError(error: unknown): void;
}

export interface ServedPort {
  /** Takes nothing new and ends what is idle; resolves when all is closed, at the latest after `msMax`. */
  close(msMax: number): Promise<void>;
}

/** Throws an Error that names the variable when the certificate can't be used. */
export async function servePort(
  { tcp }: BoundPort,
  handlers: PortHandlers,
  tlsPaths: TlsPaths | undefined,
): Promise<ServedPort> {
  const tls = tlsPaths && (await serveTls(tlsPaths, handlers));
  const http = createServer(
    { shouldUpgradeCallback: (request) => !tls && isWebSocket(request) },
    tls ? redirectToHttps : handlers.request,
  );
  if (!tls) http.on("upgrade", handlers.upgrade);
  const servers: (Server | TlsServer)[] = tls ? [http, tls.server] : [http];
  // A request whose client has ended its own side is still answered (nc -N, some health checks). Node has the switch
  // since 0.5 and leaves it out of its types.
  for (const server of servers) Object.assign(server, { httpAllowHalfOpen: true });
  // They don't listen themselves, and it is at "listening" that Node starts to hold clients to its time limits.
  for (const server of servers) server.emit("listening");
  const router = routeTcp(tcp, {
    http: (socket) => http.emit("connection", socket),
    tls: tls && ((socket) => tls.server.emit("connection", socket)),
    iceTcp: handlers.iceTcp,
    onRefused: handlers.onRefused,
  });
  return {
    async close(msMax) {
      tls?.watcher.close();
      const closed = new Promise<void>((resolve) => tcp.close(() => resolve()));
      router.closeUndecided();
      for (const server of servers) server.close();
      // Servers know only connections that have come as far as HTTP: a TLS handshake that stands still hasn't.
      const deadline = setTimeout(() => router.closeAll(), msMax);
      await closed;
      clearTimeout(deadline);
    },
  };
}

async function serveTls(paths: TlsPaths, handlers: PortHandlers) {
  const pair = await readTlsPair(paths);
  const options = { ...pair, minVersion: "TLSv1.2" as const, shouldUpgradeCallback: isWebSocket };
  const server = createTlsServer(options, handlers.request);
  server.on("upgrade", handlers.upgrade);
  // As with plain connections: asked before the client can be gone, the socket remembers the address.
  server.on("secureConnection", (socket) => socket.remoteAddress);
  // New handshakes get the new certificate; sessions under way keep theirs.
  const watcher = watchTlsPair(paths, pair, (next) => server.setSecureContext(next), handlers.onTlsError);
  return { server, watcher };
}

/** Other upgrades, such as curl's offer of h2c, are answered as the plain requests that they also are. */
const isWebSocket = (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === "websocket";
