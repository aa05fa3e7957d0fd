/** Stands between clients and a node as a NAT does, and can forget: then each client has another source port. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

export class UdpRelay {
  readonly port: number;
  readonly #inside: Socket;
  readonly #nodePort: number;
  /** By the client's address and port. */
  readonly #outsides = new Map<string, Socket>();
  /** Packets that the node has sent to ports made since the last `forget`. */
  #answered = 0;
  #onAnswer: () => void = () => {};
  /** Each packet before it is passed on, to the node or from it. */
  onPacket: (packet: Buffer, direction: "in" | "out") => void = () => {};

  static async open(nodePort: number): Promise<UdpRelay> {
    const inside = createSocket("udp4");
    // One address: from a wildcard socket the kernel would choose another source for its answers.
    inside.bind(0, "127.0.0.1");
    await once(inside, "listening");
    return new UdpRelay(nodePort, inside);
  }

  private constructor(nodePort: number, inside: Socket) {
    this.#nodePort = nodePort;
    this.#inside = inside;
    this.port = inside.address().port;
    inside.on("message", (packet, client) => {
      this.onPacket(packet, "in");
      this.#outsideOf(client).send(packet, this.#nodePort, "127.0.0.1");
    });
  }

  /** Forgets all: what the node sends to the old ports reaches nobody, and clients go on from new ones. */
  forget(): void {
    for (const outside of this.#outsides.values()) outside.close();
    this.#outsides.clear();
    this.#answered = 0;
  }

  /** Resolves once the node has sent so many packets to the ports that clients have now. */
  async answers(count: number): Promise<void> {
    while (this.#answered < count)
      await new Promise<void>((resolve) => {
        this.#onAnswer = resolve;
      });
  }

  close(): void {
    this.#inside.close();
    this.forget();
  }

  #outsideOf(client: RemoteInfo): Socket {
    const key = `${client.address}/${client.port}`;
    const known = this.#outsides.get(key);
    if (known) return known;
    const outside = createSocket("udp4");
    outside.on("message", (packet) => {
      this.onPacket(packet, "out");
      this.#answered++;
      this.#onAnswer();
      this.#inside.send(packet, client.port, client.address);
    });
    this.#outsides.set(key, outside);
    return outside;
  }
}
