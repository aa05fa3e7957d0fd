/** A client that reaches the node by TCP only (RFC 6544): checks, handshake and voice framed on one connection. */
import type { Socket } from "node:net";
import { TokenBucket } from "../core/token-bucket.ts";
import type { DropReason } from "./drop-counters.ts";
import type { Gate } from "./gate.ts";
import { Path } from "./path.ts";
import type { Peer } from "./peer.ts";
import { SEALED_ONCE } from "./srtp/memory-layout.ts";
import { kernelBytes } from "./srtp/srtp-kernel.ts";
import { STUN_HEADER_BYTES } from "./stun/binding-request.ts";
import { FrameReader, writeFrame } from "./tcp-framing.ts";

/** A connection must bring an authenticated check by then. */
const ATTACH_MS_MAX = 5_000;
/** Checks come one after another, 50 ms apart at the least: so many before the first good one are a flood. */
const STRANGER_FRAMES_MAX = 16;
/**
 * Voice is 50 packets a second, and what a network held back comes at once: 15 s of it at the most, after which
 * consent is over. A stream is read up to 2 MiB at a time, so this bounds how long one connection holds the loop.
 */
const PACKETS_PER_SECOND = 1_000;
/** What the kernel hasn't taken; beyond it the network is slower than the voice, and more would only be later. */
const BACKLOG_BYTES_MAX = 64 * 1024;
/** For a goodbye to get through; who doesn't read it is cut. */
const GOODBYE_MS_MAX = 1_000;

export class TcpPath extends Path {
  readonly #socket: Socket;
  readonly #gate: Gate;
  readonly #frames = new FrameReader();
  #timer: NodeJS.Timeout;
  readonly #bucket = new TokenBucket(PACKETS_PER_SECOND, PACKETS_PER_SECOND, performance.now());
  #strangerFrames = 0;
  #isClosed = false;

  /** `head` is what was already read from the connection. */
  constructor(socket: Socket, head: Buffer, gate: Gate) {
    const address = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
    super(address, socket.remotePort ?? 0, performance.now());
    this.#socket = socket;
    this.#gate = gate;
    this.#timer = setTimeout(() => this.#refuse("frame_timeout"), ATTACH_MS_MAX);
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => {});
    socket.on("close", () => this.#lost());
    // The port's connections are half-open ones; here an end is an end.
    socket.on("end", () => this.close());
    this.#receive(head);
  }

  send(packet: Uint8Array): void {
    if (this.#isClosed) return;
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
    if (this.#isClosed) return;
    this.#lost();
    this.#timer = setTimeout(() => this.#socket.destroy(), GOODBYE_MS_MAX).unref();
    this.#socket.destroySoon();
  }

  #isFull(): boolean {
    return this.#socket.writableLength > BACKLOG_BYTES_MAX;
  }

  #receive(chunk: Buffer): void {
    if (!this.#isClosed && !this.#frames.read(chunk, this.#take)) this.#refuse("frame_malformed");
  }

  /** Answers whether to read on. A source is nobody's forgery here, so one that is too loud is closed. */
  readonly #take = (packet: Buffer): boolean => {
    const nowMs = performance.now();
    if (!this.peer) {
      if (packet.length < STUN_HEADER_BYTES) return this.#refuse("frame_malformed");
      if (++this.#strangerFrames > STRANGER_FRAMES_MAX) return this.#refuse("frame_flood");
    } else if (!this.#bucket.take(nowMs)) return this.#refuse("frame_flood");
    this.#gate.receive(packet, this, nowMs);
    return !this.#isClosed;
  };

  #refuse(reason: DropReason): false {
    this.#gate.drops.count(reason);
    this.#lost();
    this.#socket.destroy();
    return false;
  }

  #lost(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.peer?.pathLost(this);
    this.peer = undefined;
  }
}
