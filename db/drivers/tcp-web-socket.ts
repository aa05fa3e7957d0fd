/**
 * A plain TCP or TLS socket in the shape of a WebSocket, so that Neon's driver, which knows only WebSockets,
 * talks to any Postgres without a proxy. What Neon runs on and what the tests run on is then one driver.
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

export interface TcpAddress {
  host: string;
  port: number;
  /** As in libpq: `prefer` takes TLS when the server has it; only `verify-full` checks the certificate. */
  sslMode: "disable" | "prefer" | "require" | "verify-full";
}

type EventName = "open" | "message" | "error" | "close";
type Listener = (event: never) => void;

/** SSLRequest: length 8, code 80877103 (PostgreSQL protocol, "Message Formats"). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** Gives the class that `neonConfig.webSocketConstructor` wants: it ignores the url that it is given. */
export const tcpWebSocket = (address: TcpAddress) =>
  class TcpWebSocket {
    binaryType = "arraybuffer";
    readonly #listeners = new Map<EventName, Listener[]>();
    #socket: Socket | TLSSocket;
    #unsent: Uint8Array[] = [];

    constructor() {
      this.#socket = connect({ host: address.host, port: address.port, noDelay: true, keepAlive: true });
      this.#socket.once("connect", () => {
        if (address.sslMode === "disable") this.#start();
        else this.#askForTls();
      });
      this.#socket.on("error", (error) => this.#emit("error", error));
      this.#socket.once("close", () => this.#emit("close"));
    }

    addEventListener(name: EventName, listener: Listener): void {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    }

    /** The messages of prepared statements come in one turn and go in one write. */
    send(data: ArrayBuffer | Uint8Array): void {
      if (this.#unsent.length === 0) process.nextTick(() => this.#flush());
      this.#unsent.push(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    }

    close(): void {
      this.#flush();
      this.#socket.end();
    }

    #flush(): void {
      const unsent = this.#unsent;
      if (unsent.length === 0) return;
      this.#unsent = [];
      this.#socket.write(unsent.length === 1 ? (unsent[0] as Uint8Array) : Buffer.concat(unsent));
    }

    /** One byte answers: S for yes, N for no; what comes before the TLS handshake beyond it is an attack. */
    #askForTls(): void {
      const plain = this.#socket;
      plain.once("data", (answer) => {
        const text = answer.toString("latin1");
        if (text === "S") return this.#startTls(plain);
        if (text === "N" && address.sslMode === "prefer") return this.#start();
        plain.destroy(
          text === "N"
            ? new Error("The server does not offer TLS, which the url asks for (sslmode).")
            : // An ErrorResponse: too many connections, or no memory for one more.
              Object.assign(
                new Error(`The server refuses connections: ${JSON.stringify(text.slice(0, 200))}`),
                { code: "ECONNRESET" },
              ),
        );
      });
      plain.write(SSL_REQUEST);
    }

    #startTls(plain: Socket): void {
      plain.removeAllListeners("close");
      this.#socket = connectTls({
        socket: plain,
        host: address.host,
        servername: address.host,
        rejectUnauthorized: address.sslMode === "verify-full",
      });
      this.#socket.on("error", (error) => this.#emit("error", error));
      this.#socket.once("close", () => this.#emit("close"));
      this.#socket.once("secureConnect", () => this.#start());
    }

    #start(): void {
      this.#socket.on("data", (data) => this.#emit("message", { data }));
      this.#emit("open", {});
    }

    #emit(name: EventName, event: unknown = {}): void {
      for (const listener of this.#listeners.get(name) ?? []) listener(event as never);
    }
  };
