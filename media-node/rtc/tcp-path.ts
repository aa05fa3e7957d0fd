/** A client that reaches the node by TCP only (RFC 6544): checks, handshake and voice framed on one connection. */
import type { Socket } from "node:net";
import type { Gate } from "./gate.ts";
import { Path } from "./path.ts";
import type { Peer } from "./peer.ts";
import { SEALED_ONCE } from "./srtp/memory-layout.ts";
import { kernelBytes } from "./srtp/srtp-kernel.ts";
import { FrameReader, writeFrame } from "./tcp-framing.ts";

/** A connection must bring an authenticated check by then. */
const ATTACH_MS_MAX = 5_000;
/** What the kernel hasn't taken; beyond it the network is slower than the voice, and more would only be later. */
const BACKLOG_BYTES_MAX = 64 * 1024;

export class TcpPath extends Path {
  readonly #socket: Socket;
  readonly #gate: Gate;
  readonly #frames = new FrameReader();
  readonly #timer: NodeJS.Timeout;

  /** `head` is what was already read from the connection. */
  constructor(socket: Socket, head: Buffer, gate: Gate) {
    const address = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
    super("tcp", address, socket.remotePort ?? 0, performance.now());
    this.#socket = socket;
    this.#gate = gate;
    this.#timer = setTimeout(() => {
      gate.drops.count("frame_timeout");
      this.close();
    }, ATTACH_MS_MAX);
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => {});
    socket.on("close", () => this.#lost());
    this.#receive(head);
  }

  send(packet: Uint8Array): void {
    if (this.#socket.destroyed) return;
    if (this.#isFull()) return this.#gate.drops.count("send_queue_full");
    this.#socket.write(writeFrame(packet));
  }

  placeToSeal(): number {
    return this.#isFull() ? -1 : SEALED_ONCE;
  }

  /** Framing copies it, so that the place is free again. */
  sendSealed(address: number, bytes: number): void {
    if (!this.#socket.destroyed)
      this.#socket.write(writeFrame(kernelBytes.subarray(address, address + bytes)));
  }

  attach(peer: Peer): void {
    clearTimeout(this.#timer);
    this.peer = peer;
  }

  close(): void {
    this.#socket.destroySoon();
    this.#lost();
  }

  #isFull(): boolean {
    return this.#socket.writableLength > BACKLOG_BYTES_MAX;
  }

  #receive(chunk: Buffer): void {
    const packets = this.#frames.read(chunk);
    if (!packets) {
      this.#gate.drops.count("frame_malformed");
      return this.close();
    }
    const nowMs = performance.now();
    for (const packet of packets) {
      if (this.#socket.destroyed) return;
      this.#gate.receive(packet, this, nowMs);
    }
  }

  #lost(): void {
    clearTimeout(this.#timer);
    this.peer?.pathLost(this);
    this.peer = undefined;
  }
}
