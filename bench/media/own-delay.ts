/**
 * How late a process gets to hear of a datagram that no node handles: from one socket of its own to another. What a
 * probe measures through a node holds this, too.
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

const LOOPBACK = "127.0.0.1";
const SAMPLE_MS = 5;

/** Goes on as long as its process. */
export class OwnDelay {
  #delaysMs: number[] = [];

  static async start(): Promise<OwnDelay> {
    const [sender, receiver] = [createSocket("udp4"), createSocket("udp4")];
    receiver.bind(0, LOOPBACK);
    await once(receiver, "listening");
    sender.connect(receiver.address().port, LOOPBACK);
    await once(sender, "connect");
    return new OwnDelay(sender, receiver);
  }

  private constructor(sender: Socket, receiver: Socket) {
    const datagram = Buffer.alloc(132);
    receiver.on("message", (received) => this.#delaysMs.push(performance.now() - received.readDoubleBE(0)));
    setInterval(() => {
      datagram.writeDoubleBE(performance.now(), 0);
      sender.send(datagram);
    }, SAMPLE_MS);
  }

  /** Since the last call. */
  take(): number[] {
    return this.#delaysMs.splice(0);
  }
}
