/**
 * A client without a browser, on real sockets: checks, handshake, voice both ways. For tests and benchmarks;
 * what it sends can be bent in every layer.
 */

import { randomBytes, randomInt } from "node:crypto";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, isIPv6, type Socket as TcpSocket } from "node:net";
import type { DtlsIdentity } from "../dtls/dtls-identity.ts";
import { packetKind } from "../packet-kind.ts";
import { attributesOf, splitSdp } from "../sdp-section.ts";
import { SrtpSession } from "../srtp/srtp-session.ts";
import { attribute, hasIntegrity, parseBindingRequest } from "../stun/binding-request.ts";
import { type StunAttribute, writeBindingSuccess, writeStun } from "../stun/stun-writer.ts";
import { FrameReader, writeFrame } from "../tcp-framing.ts";
import { DtlsClient, type DtlsLies } from "./dtls-client.ts";
import { writeTestOffer } from "./test-offer.ts";

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const TICK_MS = 20;
const CHECK_AGAIN_MS = 100;
const CHECK_INTERVAL_MS = 2_500;

export interface ScriptedClientOptions {
  identity: DtlsIdentity;
  voices?: number;
  protocol?: "udp" | "tcp";
  lies?: DtlsLies;
  /** A fingerprint for the offer that isn't the identity's. */
  fingerprint?: string;
  announcesSsrc?: boolean;
  /** False leaves the node's own checks unanswered, as somebody does who isn't at the address. */
  answersChecks?: boolean;
  /** Offers RED of Opus, payload type 63. */
  red?: boolean;
  /** Offers to ask for what it misses. */
  nack?: boolean;
  /** False leaves what it hears sealed, which is cheaper where only headers are counted. */
  opensVoice?: boolean;
}

export class ScriptedClient {
  readonly offer: string;
  readonly ssrc = randomInt(1, 0x100000000);
  readonly #options: ScriptedClientOptions;
  readonly #ufrag = randomBytes(4).toString("hex");
  readonly #password = randomBytes(16).toString("hex");
  readonly #connected = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #wire: Wire | undefined;
  #remote = { ufrag: "", password: "" };
  #dtls: DtlsClient | undefined;
  #srtp: SrtpSession | undefined;
  #timer: NodeJS.Timeout | undefined;
  #checkAtMs = 0;
  #checked = false;
  #sequence = randomInt(0x8000);
  #timestamp = randomInt(0x100000000);
  /** Opened RTP packets of the node, each a view that is good during the call. */
  onVoice: (packet: Buffer) => void = () => {};
  /** Everything that comes in, before it is looked at. */
  onDatagram: (datagram: Buffer) => void = () => {};

  constructor(options: ScriptedClientOptions) {
    this.#options = options;
    this.offer = writeTestOffer({
      ufrag: this.#ufrag,
      password: this.#password,
      fingerprint: options.fingerprint ?? options.identity.fingerprint,
      ssrc: options.announcesSsrc === false ? undefined : this.ssrc,
      voices: options.voices ?? 8,
      red: options.red,
      nack: options.nack,
    });
    // A test that doesn't wait for it doesn't fail by it.
    this.#connected.promise.catch(() => {});
  }

  /** Keys are agreed. Rejects when the handshake fails. */
  get connected(): Promise<void> {
    return this.#connected.promise;
  }

  /** The node has ended the DTLS session. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get dtls(): DtlsClient {
    if (!this.#dtls) throw new Error("no answer was accepted yet");
    return this.#dtls;
  }

  get srtp(): SrtpSession {
    if (!this.#srtp) throw new Error("not connected yet");
    return this.#srtp;
  }

  get localPort(): number {
    return this.#wire?.localPort ?? 0;
  }

  /** Begins to check and to connect, to the answer's first address of the protocol, or to `address`. */
  async accept(answer: string, address?: string): Promise<void> {
    const { session, media } = splitSdp(answer);
    const lines = [...session, ...media.flat()];
    const first = (name: string) => attributesOf(lines, name)[0] ?? "";
    const protocol = this.#options.protocol ?? "udp";
    const candidate = attributesOf(lines, "candidate")
      .map((value) => value.split(" "))
      .find((words) => words[2] === protocol && (address === undefined || words[4] === address));
    if (!candidate) throw new Error(`the answer has no ${protocol} candidate ${address ?? ""}`);
    this.#remote = { ufrag: first("ice-ufrag"), password: first("ice-pwd") };
    const { identity, lies } = this.#options;
    const fingerprint = first("fingerprint").replace(/^sha-256 /, "");
    this.#dtls = new DtlsClient({ identity, fingerprint, ...(lies ? { lies } : {}) });
    const open = protocol === "udp" ? openUdp : openTcp;
    this.#wire = await open(candidate[4] ?? "", Number(candidate[5]), (datagram) => this.#receive(datagram));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** A check as it stands in RFC 8445 §7.2.2; `changes` makes it another one. */
  check(
    changes: { type?: number; username?: string; password?: string; more?: readonly StunAttribute[] } = {},
  ): Buffer {
    const username = changes.username ?? `${this.#remote.ufrag}:${this.#ufrag}`;
    const attributes = [
      { type: attribute.username, value: Buffer.from(username) },
      { type: attribute.priority, value: Buffer.from([0x6e, 0x7f, 0x1e, 0xff]) },
      { type: attribute.iceControlling, value: randomBytes(8) },
      { type: attribute.useCandidate, value: Buffer.alloc(0) },
      ...(changes.more ?? []),
    ];
    const password = changes.password ?? this.#remote.password;
    return writeStun(changes.type ?? BINDING_REQUEST, randomBytes(12), attributes, password);
  }

  /** Sends bytes as they are. */
  send(bytes: Uint8Array): void {
    this.#wire?.send(bytes);
  }

  /** The next packet of the announced stream, sealed: 20 ms of sound, its level in −dBov. */
  seal(payload: Uint8Array, level = 20): Buffer {
    return this.sealRtp(this.rtp(payload, level));
  }

  speak(payload: Uint8Array, level = 20): void {
    this.send(this.seal(payload, level));
  }

  /** Passes over so many sequence numbers, in no time: those packets are never sent. */
  skip(numbers: number): void {
    this.#sequence = (this.#sequence + numbers) & 0xffff;
  }

  /** Takes the stream's timestamps elsewhere, in ms from where they are. */
  shiftTime(byMs: number): void {
    this.#timestamp = (this.#timestamp + byMs * 48) >>> 0;
  }

  /** A plain packet in the announced stream's order, to be changed before it is sealed. */
  rtp(payload: Uint8Array, level = 20): Buffer {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + 960) >>> 0;
    const header = Buffer.from("906f0000000000000000000010000000bede000110000000", "hex").subarray(0, 20);
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(this.#timestamp, 4);
    header.writeUInt32BE(this.ssrc, 8);
    header.writeUInt32BE(0xbede0001, 12);
    header.writeUInt32BE(0x10000000 | (level << 16), 16);
    return Buffer.concat([header, payload]);
  }

  sealRtp(plain: Uint8Array): Buffer {
    const out = Buffer.alloc(1_600);
    const bytes = this.srtp.sealRtp(plain, out);
    if (bytes < 0) throw new Error(`not sealed: ${bytes}`);
    return out.subarray(0, bytes);
  }

  sealRtcp(plain: Uint8Array): Buffer {
    const out = Buffer.alloc(1_600);
    const bytes = this.srtp.sealRtcp(plain, out);
    if (bytes < 0) throw new Error(`not sealed: ${bytes}`);
    return out.subarray(0, bytes);
  }

  /** Goes on from another local port, as a NAT that forgot does to a client; only checks tell the node. */
  async rebind(): Promise<void> {
    const old = this.#wire;
    if (!old) throw new Error("not open");
    this.#wire = await openUdp(old.address, old.port, (datagram) => this.#receive(datagram));
    old.close();
    this.#checkAtMs = 0;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#wire?.close();
    this.#srtp?.close();
    this.#srtp = undefined;
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs >= this.#checkAtMs) {
      this.#checkAtMs = nowMs + (this.#checked ? CHECK_INTERVAL_MS : CHECK_AGAIN_MS);
      this.send(this.check());
    }
    this.dtls.tick(nowMs);
    this.#sendDtls();
  }

  #receive(datagram: Buffer): void {
    this.onDatagram(datagram);
    const kind = packetKind(datagram);
    if (kind === "stun" && datagram.readUInt16BE(0) === BINDING_SUCCESS) this.#heardSuccess();
    if (kind === "stun" && datagram.readUInt16BE(0) === BINDING_REQUEST) this.#answer(datagram);
    if (kind === "dtls") this.#receiveDtls(datagram);
    if (kind === "rtp" && this.#srtp && this.#options.opensVoice !== false) {
      const bytes = this.#srtp.openRtp(datagram, opened);
      if (bytes >= 0) this.onVoice(opened.subarray(0, bytes));
    }
  }

  /** As every full agent does (RFC 8445 §7.3), whoever asks by the password. */
  #answer(datagram: Buffer): void {
    const request = parseBindingRequest(datagram);
    if (this.#options.answersChecks === false || !this.#wire || typeof request === "string") return;
    if (hasIntegrity(request, this.#password))
      this.send(writeBindingSuccess(request, this.#wire, this.#password));
  }

  #heardSuccess(): void {
    if (this.#checked) return;
    this.#checked = true;
    this.#checkAtMs = performance.now() + CHECK_INTERVAL_MS;
    this.dtls.start(performance.now());
    this.#sendDtls();
  }

  #receiveDtls(datagram: Buffer): void {
    try {
      this.dtls.receive(datagram, performance.now());
    } catch (error) {
      this.#connected.reject(error);
    }
    this.#sendDtls();
    const { keys, phase } = this.dtls;
    if (keys && !this.#srtp && phase === "connected") {
      this.#srtp = new SrtpSession(keys);
      this.#connected.resolve();
    }
    if (phase === "ended") {
      this.#connected.reject(new Error(`the node ended DTLS with alert ${this.dtls.alert}`));
      this.#ended.resolve();
    }
  }

  #sendDtls(): void {
    for (const datagram of this.dtls.drain()) this.send(datagram);
  }
}

const opened = Buffer.alloc(2_048);

interface Wire {
  address: string;
  port: number;
  localPort: number;
  send(bytes: Uint8Array): void;
  close(): void;
}

async function openUdp(address: string, port: number, receive: (datagram: Buffer) => void): Promise<Wire> {
  const family = isIPv6(address) ? 6 : 4;
  const socket: UdpSocket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    lookup: (literal, _options, done) => done(null, literal, family),
  });
  const listening = once(socket, "listening");
  socket.bind(0, family === 6 ? "::" : "0.0.0.0");
  await listening;
  socket.on("message", receive);
  socket.on("error", () => {});
  let isOpen = true;
  return {
    address,
    port,
    localPort: socket.address().port,
    send: (bytes) => isOpen && socket.send(bytes, port, address),
    close() {
      isOpen = false;
      socket.close();
    },
  };
}

async function openTcp(address: string, port: number, receive: (datagram: Buffer) => void): Promise<Wire> {
  const socket: TcpSocket = connect({ host: address, port, noDelay: true });
  await once(socket, "connect");
  const frames = new FrameReader();
  socket.on("data", (chunk) => {
    frames.read(chunk, (packet) => {
      receive(packet);
      return true;
    });
  });
  socket.on("error", () => {});
  return {
    address,
    port,
    localPort: socket.localPort ?? 0,
    send: (bytes) => void socket.write(writeFrame(bytes)),
    close: () => void socket.destroy(),
  };
}
