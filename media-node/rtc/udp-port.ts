/** The one UDP socket of a node, and which remote address on it belongs to which peer. */
import type { RemoteInfo, Socket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import type { Gate } from "./gate.ts";
import { packetKind } from "./packet-kind.ts";
import { Path } from "./path.ts";
import type { Peer } from "./peer.ts";
import { ReceiveProbe } from "./receive-probe.ts";
import { SendQueue } from "./send-queue.ts";
import { kernelBytes } from "./srtp/srtp-kernel.ts";
import { TurnPace } from "./turn-pace.ts";

const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
/** What the kernel charges for a packet of voice: its data and its own books; drivers give buffers of this size. */
const CHARGED_BYTES = 2_048;
const IPV4_MAPPED = "::ffff:";
/**
 * libuv ends a batch at the first datagram that fails, so a way that is gone would hold up all the others: one in so
 * many asks whether it is.
 */
const ASKED_EVERY = 64;
const GONE = new Set(["ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL"]);
/** A socket that sends nothing any more must not keep a server from ending. */
const CLOSE_MS_MAX = 1_000;
/** Where a socket on every address reaches itself. Containers often have IPv4's loopback alone. */
const LOOPBACKS = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", `${IPV4_MAPPED}127.0.0.1`],
]);

type OnSent = (error: NodeJS.ErrnoException | null) => void;

interface Received {
  packet: Buffer;
  source: RemoteInfo;
}

export class UdpPort {
  /** How many packets the kernel holds until they are read, about; what comes beyond is lost. */
  readonly receivedMax: number;
  readonly #socket: Socket;
  readonly #gate: Gate;
  readonly #queue: SendQueue;
  readonly #pace: TurnPace<Received>;
  readonly #probe: ReceiveProbe;
  /** How the socket reaches itself. */
  readonly #own: { port: number; address: string };
  /** Address, then port: no key has to be put together for a packet. */
  readonly #paths = new Map<string, Map<number, UdpPath>>();

  constructor(socket: Socket, gate: Gate) {
    this.#socket = socket;
    this.#gate = gate;
    this.#queue = new SendQueue(() => socket.getSendQueueSize());
    const { port, address } = socket.address();
    this.#own = { port, address: LOOPBACKS.get(address) ?? address };
    this.#probe = new ReceiveProbe((datagram) => socket.send(datagram, port, this.#own.address));
    enlargeBuffers(socket);
    this.receivedMax = socket.getRecvBufferSize() / CHARGED_BYTES;
    this.#pace = new TurnPace({
      handle: this.#handle,
      isTurnFull: () => this.#queue.isTurnFull,
      beginTurn: () => this.#queue.beginTurn(),
      // As many as have room in the kernel's buffer, which is emptied faster than they can be handled.
      heldMax: this.receivedMax,
      onDropped: () => gate.drops.count("receive_queue_full"),
    });
    socket.on("message", this.#receive);
    // While nothing waits: a port whose first word already meets a full buffer must know that probes return.
    this.#probe.probe(performance.now());
    // A send that fails concerns one path, which asks now and then; its silence ends the peer in time.
    socket.on("error", () => {});
  }

  /** What waited to be sent at the least since the last call, as a share of what may stand there. */
  takeStandingShare(): number {
    return this.#queue.takeStandingShare();
  }

  /** To be called now and then, so that `takeReceiveWaitMs` has something to answer. */
  probe(nowMs: number): void {
    // Behind what the kernel doesn't take it would tell how long sending takes.
    if (!this.#queue.isStanding) this.#probe.probe(nowMs);
  }

  /** How long datagrams waited at the least until they were read, since the last call; 0 where it isn't known. */
  takeReceiveWaitMs(nowMs: number): number {
    return this.#probe.takeLeastMs(nowMs);
  }

  send(packet: Uint8Array, port: number, address: string): void {
    if (!this.#queue.hasRoom()) return this.#gate.drops.count("send_queue_full");
    this.#socket.send(packet, port, address);
  }

  /** Kernel address to seal a packet to; −1 where the socket has no room for one. */
  placeToSeal(): number {
    return this.#queue.place();
  }

  /** Sends what was just sealed at `placeToSeal`; nobody needs to ask again whether the socket has room. */
  sendSealed(place: number, bytes: number, port: number, address: string, onSent?: OnSent): void {
    this.#queue.keep(bytes);
    this.#socket.send(kernelBytes, place, bytes, port, address, onSent);
  }

  add(path: UdpPath): void {
    const ports = this.#paths.get(path.rawAddress) ?? new Map<number, UdpPath>();
    this.#paths.set(path.rawAddress, ports.set(path.port, path));
  }

  remove(path: UdpPath): void {
    const ports = this.#paths.get(path.rawAddress);
    if (ports?.get(path.port) !== path) return;
    ports.delete(path.port);
    if (ports.size === 0) this.#paths.delete(path.rawAddress);
  }

  /** Resolves when all that waits is sent, the socket is closed, or it takes too long. */
  async close(): Promise<void> {
    this.#socket.off("message", this.#receive);
    this.#pace.close();
    this.#paths.clear();
    // The socket reads what waits from the queue's memory, however long that takes.
    const sent = this.#behindAll().then(() => this.#queue.close());
    await Promise.race([sent, sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
  }

  /** The socket sends in order: one more datagram, to itself, is sent when all the others are. */
  async #behindAll(): Promise<unknown> {
    if (this.#queue.isEmpty) return;
    const { port, address } = this.#own;
    return new Promise((resolve) => this.#socket.send(Buffer.alloc(1), port, address, resolve));
  }

  readonly #receive = (packet: Buffer, source: RemoteInfo): void => {
    // A stranger's flood takes nobody's place among those that are held; looking at it costs little.
    const isKnown = this.#pathOf(source) !== undefined || this.#probe.isOwn(packet);
    if (isKnown) this.#pace.receive({ packet, source });
    else this.#receiveFromStranger(packet, source);
  };

  readonly #handle = ({ packet, source }: Received): void => {
    const nowMs = performance.now();
    // Once more: while it was held its path may have been closed, and what that had proved is nobody's now.
    const path = this.#pathOf(source);
    if (path) this.#gate.receive(packet, path, nowMs);
    else if (!this.#probe.receive(packet, nowMs)) this.#receiveFromStranger(packet, source);
  };

  #pathOf(source: RemoteInfo): UdpPath | undefined {
    return this.#paths.get(source.address)?.get(source.port);
  }

  /** Only an authenticated check makes a stranger known, so nothing else is looked at. */
  #receiveFromStranger(packet: Buffer, source: RemoteInfo): void {
    if (packetKind(packet) !== "stun") return this.#gate.drops.count("source_unknown");
    // RFC 768: who sends from port 0 can't be answered.
    if (source.port === 0) return this.#gate.drops.count("source_unknown");
    const nowMs = performance.now();
    this.#gate.receive(packet, new UdpPath(this, source, nowMs), nowMs);
  }
}

class UdpPath extends Path {
  /** As the socket wants it: an IPv4 address on a dual-stack socket is written as IPv6. */
  readonly rawAddress: string;
  readonly #udp: UdpPort;
  #sealed = 0;

  constructor(udp: UdpPort, source: RemoteInfo, nowMs: number) {
    const isMapped = source.address.startsWith(IPV4_MAPPED);
    const address = isMapped ? source.address.slice(IPV4_MAPPED.length) : source.address;
    super(address, source.port, nowMs);
    this.rawAddress = source.address;
    this.#udp = udp;
  }

  send(packet: Uint8Array): void {
    this.#udp.send(packet, this.port, this.rawAddress);
  }

  placeToSeal(): number {
    return this.#udp.placeToSeal();
  }

  sendSealed(place: number, bytes: number): void {
    const onSent = this.#sealed++ % ASKED_EVERY === 0 ? this.#onSent : undefined;
    this.#udp.sendSealed(place, bytes, this.port, this.rawAddress, onSent);
  }

  attach(peer: Peer): void {
    this.peer = peer;
    this.#udp.add(this);
  }

  close(): void {
    this.#udp.remove(this);
    this.peer?.pathLost(this);
    this.peer = undefined;
  }

  /** Whoever is reached by another way goes on there; a check by this one makes it known again. */
  readonly #onSent: OnSent = (error) => {
    if (error && GONE.has(error.code ?? "")) this.close();
  };
}

/** Bursts of a full room must fit; a kernel that allows less gives what it allows. */
function enlargeBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  } catch {}
}
