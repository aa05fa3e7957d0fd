/** Somebody with a UDP socket and bad intentions, and how much they get back. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { pause } from "./listening.ts";

export class Stranger {
  readonly #socket: Socket;
  readonly #port: number;
  repliedBytes = 0;

  static async open(port: number): Promise<Stranger> {
    const socket = createSocket({
      type: "udp4",
      lookup: (literal, _options, done) => done(null, literal, 4),
    });
    const listening = once(socket, "listening");
    socket.bind(0, "127.0.0.1");
    await listening;
    return new Stranger(socket, port);
  }

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
    socket.on("message", (reply) => {
      this.repliedBytes += reply.length;
    });
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.#port, "127.0.0.1");
  }

  /** Sends all, and waits until answers would have come. */
  async sendAll(packets: readonly Uint8Array[], waitMs = 100): Promise<void> {
    for (const [index, packet] of packets.entries()) {
      this.send(packet);
      // A burst larger than the kernel's buffer would be lost on the way.
      if (index % 100 === 99) await pause(1);
    }
    await pause(waitMs);
  }

  close(): void {
    this.#socket.close();
  }
}
