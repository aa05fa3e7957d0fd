/**
 * Tells the protocols of the shared TCP port apart by a connection's first byte: TLS begins with a handshake
 * record (RFC 8446 §5.1: 22), HTTP with a method's letter, ICE-TCP with the length of a STUN check (RFC 4571),
 * which is below 1,024.
 */
import type { Server, Socket } from "node:net";

const FIRST_BYTE_MS_MAX = 10_000;
/** Connections that haven't said anything yet; more at once are a flood. */
const UNDECIDED_MAX = 2_000;
const TLS_HANDSHAKE = 0x16;
const FRAME_LENGTH_HIGH_BYTE_MAX = 3;

/** Each takes the connection over; what was read of it is back in the stream, or given as `head`. */
export interface TcpRoutes {
  http(socket: Socket): void;
  /** Undefined where no certificate is set. */
  tls: ((socket: Socket) => void) | undefined;
  iceTcp(socket: Socket, head: Buffer): void;
}

export function routeTcp(server: Server, routes: TcpRoutes): { closeUndecided(): void } {
  const undecided = new Set<Socket>();
  server.on("connection", (socket) => {
    // Asked now, the system tells who is there and the socket remembers; once the client has reset it, nobody knows.
    if (socket.remoteAddress === undefined) return void socket.destroy();
    if (undecided.size >= UNDECIDED_MAX) return void socket.destroy();
    undecided.add(socket);
    const ignore = () => {};
    const decided = () => {
      undecided.delete(socket);
      socket.setTimeout(0);
      socket.off("timeout", giveUp);
    };
    const giveUp = () => socket.destroy();
    socket.setTimeout(FIRST_BYTE_MS_MAX);
    socket.once("timeout", giveUp);
    socket.once("close", decided);
    socket.on("error", ignore);
    socket.once("data", (head) => {
      socket.pause();
      decided();
      socket.off("close", decided);
      const first = head[0] as number;
      if (first <= FRAME_LENGTH_HIGH_BYTE_MAX) {
        socket.off("error", ignore);
        routes.iceTcp(socket, head);
        socket.resume();
        return;
      }
      const route = first === TLS_HANDSHAKE ? routes.tls : isLetter(first) ? routes.http : undefined;
      if (!route) return void socket.destroy();
      socket.unshift(head);
      socket.off("error", ignore);
      route(socket);
      // Servers attach their readers first; then what was put back flows to them.
      process.nextTick(() => socket.resume());
    });
  });
  return {
    closeUndecided() {
      for (const socket of undecided) socket.destroy();
    },
  };
}

const isLetter = (byte: number): boolean => /[A-Za-z]/.test(String.fromCharCode(byte));
