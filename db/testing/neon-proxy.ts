/** What Neon's edge does for its driver: WebSocket on one side, Postgres over TCP on the other. Loopback only. */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { type RawData, WebSocketServer } from "ws";

export interface NeonProxy {
  /** Host and path, as `wsProxy` takes it. */
  address: string;
  stop(): Promise<void>;
}

export async function startNeonProxy(target: { host: string; port: number }): Promise<NeonProxy> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on("connection", (socket) => {
    const tcp = connect({ ...target, noDelay: true });
    socket.on("message", (data: RawData) => tcp.write(data as Buffer));
    socket.on("close", () => tcp.end());
    socket.on("error", () => tcp.destroy());
    tcp.on("data", (data) => socket.send(data));
    tcp.on("close", () => socket.close());
    tcp.on("error", () => socket.terminate());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    address: `127.0.0.1:${port}/v2`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      await once(server, "close");
    },
  };
}
