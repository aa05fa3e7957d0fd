/** One port number for everything: TCP for page, API, signalling and ICE-TCP, UDP for media. */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, isIPv6, type Server } from "node:net";

/** With port 0 the system chooses for TCP, and somebody may have that number on UDP. */
const ATTEMPTS = 20;

export interface BoundPort {
  port: number;
  /** The system chose the number, so that its neighbours may be anybody's. */
  isChosen: boolean;
  /** Nobody listens to its connections yet. */
  tcp: Server;
  udp: UdpSocket;
}

/** `host` undefined is every address, IPv6 and IPv4. Throws the system's error, with `syscall`. */
export async function bindPort({
  port,
  host,
}: {
  port: number;
  host: string | undefined;
}): Promise<BoundPort> {
  for (let attempt = 1; ; attempt++) {
    // Half-open as HTTP's own servers are: clients may end their side right after the request.
    const tcp = createServer({ noDelay: true, allowHalfOpen: true });
    // Before anybody serves them, connections would hang unanswered for ever, and keep the port from closing.
    tcp.on("connection", (socket) => {
      if (tcp.listenerCount("connection") === 1) socket.destroy();
    });
    tcp.listen(port, host);
    await once(tcp, "listening");
    const address = tcp.address();
    if (address === null || typeof address === "string") throw new Error("the server has no TCP port");
    try {
      const udp = await bindUdp(address.port, address.address);
      return { port: address.port, isChosen: port === 0, tcp, udp };
    } catch (error) {
      tcp.close();
      const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (port !== 0 || !isTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

/** On the address that TCP has got, so that both serve the same ones. */
async function bindUdp(port: number, address: string): Promise<UdpSocket> {
  const type = isIPv6(address) ? "udp6" : "udp4";
  const socket = createSocket({
    type,
    // Every address is a literal already; the default look-up would make each send asynchronous.
    lookup: (literal, _options, done) => done(null, literal, type === "udp6" ? 6 : 4),
  });
  // With that look-up the socket may be bound before `bind` returns.
  const listening = once(socket, "listening");
  socket.bind(port, address);
  await listening;
  return socket;
}
