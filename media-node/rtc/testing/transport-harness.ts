/**
 * A transport on real sockets of this machine, with clients that aren't browsers. Whoever opens one closes it,
 * and with it all that it holds.
 */
import assert from "node:assert/strict";
import type { Socket as UdpSocket } from "node:dgram";
import type { Server } from "node:net";
import type { MediaPacket } from "../../core/media-packet.ts";
import { createDtlsIdentity, type DtlsIdentity } from "../dtls/dtls-identity.ts";
import type { MediaTransport } from "../media-transport.ts";
import { VoiceTransport } from "../voice-transport.ts";
import { ScriptedClient, type ScriptedClientOptions } from "./scripted-client.ts";

interface Bound {
  port: number;
  tcp: Server;
  udp: UdpSocket;
}

/** `bindPort`, handed in by a test: only test files in rtc may import another folder than the core. */
type Bind = (address: { port: number; host: string }) => Promise<Bound>;

interface TransportHarnessOptions {
  host?: string;
  connectMsMax?: number;
  reportIntervalMs?: number;
  consentMsMax?: number;
}

interface Call {
  client: ScriptedClient;
  transport: MediaTransport;
  packets: MediaPacket[];
  lost: Promise<void>;
  /** The next packet that the node got from the client. */
  heard(): Promise<MediaPacket>;
}

/** What a client says, where it doesn't matter what. */
export const sound = Uint8Array.from({ length: 80 }, (_, index) => index);

export class TransportHarness {
  readonly identity: DtlsIdentity;
  readonly host: string;
  readonly bound: Bound;
  readonly transport: VoiceTransport;
  /** Closed with the transport. */
  readonly clients: ScriptedClient[] = [];
  /** A test takes out those that it expects. */
  readonly bugs: unknown[] = [];
  #isOpen = true;

  static async open(bind: Bind, options: TransportHarnessOptions = {}): Promise<TransportHarness> {
    const host = options.host ?? "127.0.0.1";
    const identity = await createDtlsIdentity();
    return new TransportHarness(identity, host, await bind({ port: 0, host }), options);
  }

  private constructor(identity: DtlsIdentity, host: string, bound: Bound, options: TransportHarnessOptions) {
    this.identity = identity;
    this.host = host;
    this.bound = bound;
    this.transport = new VoiceTransport({
      identity,
      udp: bound.udp,
      port: bound.port,
      voices: 8,
      connectMsMax: options.connectMsMax ?? 15_000,
      consentMsMax: options.consentMsMax,
      onBug: (error) => this.bugs.push(error),
      reportIntervalMs: options.reportIntervalMs,
    });
    bound.tcp.on("connection", (socket) =>
      socket.once("data", (head) => {
        this.transport.acceptTcp(socket, head);
      }),
    );
  }

  /** A client that has called, and unless `answered` is false is connected. */
  async call(options: Partial<ScriptedClientOptions> = {}, answered = true): Promise<Call> {
    const client = new ScriptedClient({ identity: this.identity, ...options });
    this.clients.push(client);
    const packets: MediaPacket[] = [];
    const lost = Promise.withResolvers<void>();
    let next = Promise.withResolvers<MediaPacket>();
    const media = await this.transport.accept(client.offer, [this.host], {
      onPacket(packet) {
        const copy = { ...packet, payload: Uint8Array.from(packet.payload) };
        packets.push(copy);
        next.resolve(copy);
        next = Promise.withResolvers();
      },
      onLost: () => lost.resolve(),
    });
    if (answered) {
      await client.accept(media.answer);
      await client.connected;
    }
    return { client, transport: media, packets, lost: lost.promise, heard: () => next.promise };
  }

  /** Rejects if a bug was told that no test took out. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const client of this.clients.splice(0)) client.close();
    await this.transport.close();
    this.bound.udp.close();
    this.bound.tcp.close();
    assert.deepEqual(this.bugs, []);
  }
}
