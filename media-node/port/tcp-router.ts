/**
 * Tells the protocols of the shared TCP port apart by a connection's first byte: TLS begins with a handshake
 * record (RFC 8446 §5.1: 22), HTTP with a method's letter, ICE-TCP with the length of a STUN check (RFC 4571),
 * which is below 1,024.
 */
import type { Server, Socket } from "node:net";
import { WaitingList } from "../core/waiting-list.ts";
import { networkOf } from "../network-of.ts";

const FIRST_BYTE_MS_MAX = 10_000;
/** Connections that haven't said anything yet, together and of one network. */
const UNDECIDED_MAX = 2_000;
const UNDECIDED_SHARE_MAX = 500;
const TLS_HANDSHAKE = 0x16;
const FRAME_LENGTH_HIGH_BYTE_MAX = 3;

/** Why a connection was ended before it came to anything. */
export type TcpRefusal = "tcp_undecided_full" | "tcp_silent" | "tcp_unknown" | "tcp_wrong_port";

/** Each takes the connection over; what was read of it is back in the stream, or given as `head`. */
export interface TcpRoutes {
  http(socket: Socket): void;
  /** Undefined where no certificate is set. */
  tls: ((socket: Socket) => void) | undefined;
  iceTcp(socket: Socket, head: Buffer): void;
  onRefused(reason: TcpRefusal): void;
}

export interface TcpRouter {
  /** Ends those that haven't said anything. */
  closeUndecided(): void;
  /** Ends every connection that ever came and is still there, whoever has it now. */
  closeAll(): void;
}

export function routeTcp(server: Server, routes: TcpRoutes): TcpRouter {
  const open = new Set<Socket>();
  const refuse = (socket: Socket, reason: TcpRefusal) => {
    routes.onRefused(reason);
    socket.destroy();
  };
  const undecided = new WaitingList<Socket>(UNDECIDED_MAX, UNDECIDED_SHARE_MAX, (socket) =>
    refuse(socket, "tcp_undecided_full"),
  );
  server.on("connection", (socket) => {
    // Asked now, the system tells who is there and the socket remembers; once the client has reset it, nobody knows.
    if (socket.remoteAddress === undefined) return void socket.destroy();
    open.add(socket);
    undecided.add(socket, networkOf(socket.remoteAddress));
    const ignore = () => {};
    const giveUp = () => refuse(socket, "tcp_silent");
    const hangUp = () => socket.destroy();
    const decide = (head: Buffer) => {
      socket.pause();
      undecided.remove(socket);
      socket.setTimeout(0);
      socket.off("timeout", giveUp);
      socket.off("end", hangUp);
      const first = head[0] as number;
      if (first <= FRAME_LENGTH_HIGH_BYTE_MAX) {
        socket.off("error", ignore);
        routes.iceTcp(socket, head);
        socket.resume();
        return;
      }
      const route = first === TLS_HANDSHAKE ? routes.tls : isLetter(first) ? routes.http : undefined;
      if (!route) return refuse(socket, "tcp_unknown");
      socket.unshift(head);
      socket.off("error", ignore);
      route(socket);
      // Servers attach their readers first; then what was put back flows to them.
      process.nextTick(() => socket.resume());
    };
    socket.setTimeout(FIRST_BYTE_MS_MAX);
    socket.once("timeout", giveUp);
    // Half-open connections are HTTP's affair; one that ends without a word is gone.
    socket.once("end", hangUp);
    socket.on("error", ignore);
    socket.once("data", decide);
    socket.once("close", () => {
      open.delete(socket);
      undecided.remove(socket);
    });
  });
  return {
    closeUndecided() {
      for (const socket of undecided.drain()) socket.destroy();
    },
    closeAll() {
      for (const socket of open) socket.destroy();
    },
  };
}

const isLetter = (byte: number): boolean => /[A-Za-z]/.test(String.fromCharCode(byte));
