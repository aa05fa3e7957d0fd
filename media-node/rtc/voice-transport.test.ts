/** The transport on real sockets of this machine, with a client that isn't a browser. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { MediaPacket } from "../core/media-packet.ts";
import { type BoundPort, bindPort } from "../port/bound-port.ts";
import { createDtlsIdentity, type DtlsIdentity } from "./dtls/dtls-identity.ts";
import { DtlsServer } from "./dtls/dtls-server.ts";
import type { MediaTransport } from "./media-transport.ts";
import { packetKind } from "./packet-kind.ts";
import { SEND_QUEUE_MAX } from "./sealed-slots.ts";
import { writeFrame } from "./tcp-framing.ts";
import { ScriptedClient, type ScriptedClientOptions } from "./testing/scripted-client.ts";
import { VoiceTransport } from "./voice-transport.ts";

let identity: DtlsIdentity;
let bound: BoundPort;
let transport: VoiceTransport;
let host: string;
const clients: ScriptedClient[] = [];
const bugs: unknown[] = [];

beforeAll(async () => {
  identity = await createDtlsIdentity();
});

async function open(
  options: { host?: string; connectMsMax?: number; reportIntervalMs?: number; consentMsMax?: number } = {},
): Promise<void> {
  host = options.host ?? "127.0.0.1";
  bound = await bindPort({ port: 0, host });
  transport = new VoiceTransport({
    identity,
    udp: bound.udp,
    port: bound.port,
    voices: 8,
    connectMsMax: options.connectMsMax ?? 15_000,
    consentMsMax: options.consentMsMax,
    onBug: (error) => bugs.push(error),
    reportIntervalMs: options.reportIntervalMs,
  });
  bound.tcp.on("connection", (socket) =>
    socket.once("data", (head) => {
      transport.acceptTcp(socket, head);
    }),
  );
}

beforeEach(() => open());
afterEach(() => shut());

function shut(): void {
  for (const client of clients.splice(0)) client.close();
  transport.close();
  bound.udp.close();
  bound.tcp.close();
}

interface Call {
  client: ScriptedClient;
  transport: MediaTransport;
  packets: MediaPacket[];
  lost: Promise<void>;
  /** The next packet that the node got from the client. */
  heard(): Promise<MediaPacket>;
}

async function call(options: Partial<ScriptedClientOptions> = {}, answered = true): Promise<Call> {
  const client = new ScriptedClient({ identity, ...options });
  clients.push(client);
  const packets: MediaPacket[] = [];
  const lost = Promise.withResolvers<void>();
  let next = Promise.withResolvers<MediaPacket>();
  const media = await transport.accept(client.offer, [host], {
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

const sound = Uint8Array.from({ length: 80 }, (_, index) => index);

describe("a client", () => {
  it.each([
    ["udp", 0x0007],
    ["udp", 0x0001],
    ["tcp", 0x0007],
  ] as const)("is heard and hears by %s under SRTP profile %i", async (protocol, profile) => {
    const alice = await call({ protocol, lies: { srtpProfiles: [profile] } });
    const heard = alice.heard();
    alice.client.speak(sound, 30);
    expect(await heard).toMatchObject({ levelDbov: -30, marker: false, payload: sound });

    const voice = new Promise<Buffer>((resolve) => {
      alice.client.onVoice = (packet) => resolve(Buffer.from(packet));
    });
    const packet = { sequenceNumber: 65_535, timestamp: 5, marker: true, csrc: 0xabcdef01, payload: sound };
    alice.transport.send(3, packet);
    const plain = await voice;
    expect(plain.readUInt16BE(2)).toBe(65_535);
    expect(plain.readUInt32BE(12)).toBe(0xabcdef01);
    expect(plain.subarray(16)).toEqual(Buffer.from(sound));
    const ssrcs = [...alice.transport.answer.matchAll(/a=ssrc:(\d+)/g)].map((match) => Number(match[1]));
    expect(plain.readUInt32BE(8)).toBe(ssrcs[3]);
  });

  it("joins over IPv6, too", async () => {
    shut();
    await open({ host: "::1" });
    const alice = await call();
    const heard = alice.heard();
    alice.client.speak(sound);
    await heard;
  });

  it("goes on when its source port changes, and only its own check moves it", async () => {
    const alice = await call();
    await alice.client.rebind();
    const heard = alice.heard();
    alice.client.send(alice.client.check());
    alice.client.speak(sound);
    await heard;
    let voices = 0;
    alice.client.onVoice = () => void voices++;
    const packet = { timestamp: 1, marker: false, csrc: 7, payload: sound };
    let sequenceNumber = 0;
    // Until the client has answered there, its voices go where it was.
    await expect
      .poll(() => {
        alice.transport.send(0, { ...packet, sequenceNumber: ++sequenceNumber });
        return voices;
      })
      .toBeGreaterThan(0);
  });

  it("can't have its voices sent to an address that doesn't answer", async () => {
    const alice = await call();
    const victim = createSocket("udp4");
    victim.bind(0, "127.0.0.1");
    await once(victim, "listening");
    const kinds: (string | undefined)[] = [];
    const third = new Promise<void>((resolve) => {
      victim.on("message", (datagram) => {
        if (kinds.push(packetKind(datagram)) === 6) resolve();
      });
    });
    const heardVoices = new Promise<void>((resolve) => {
      let voices = 0;
      alice.client.onVoice = () => ++voices === 3 && resolve();
    });
    for (let n = 1; n <= 3; n++) {
      // Forged: whoever has the password says that they are at the victim's address.
      victim.send(alice.client.check(), bound.port, "127.0.0.1");
      await expect.poll(() => kinds.length).toBe(2 * n);
      alice.transport.send(0, { sequenceNumber: n, timestamp: n, marker: false, csrc: 7, payload: sound });
    }
    await Promise.all([third, heardVoices]);
    // An answer to each check, and a question.
    expect(kinds).toEqual(Array(6).fill("stun"));
    victim.close();
  });

  it.each([
    ["in the handshake", 500],
    ["after it", Number.POSITIVE_INFINITY],
  ])("has little sent to an address that doesn't answer, %s", async (_when, datagramBytesMax) => {
    const alice = await call({ answersChecks: false }, false);
    const silent = new Promise<void>((resolve) => {
      // Away in the middle, it leaves the node with a flight to be repeated.
      alice.client.onDatagram = ({ length }) => {
        if (length <= datagramBytesMax) return;
        clients.splice(clients.indexOf(alice.client), 1);
        alice.client.close();
        resolve();
      };
    });
    await alice.client.accept(alice.transport.answer);
    await Promise.race([silent, alice.client.connected]);
    const victim = createSocket("udp4");
    victim.bind(0, "127.0.0.1");
    await once(victim, "listening");
    let bytes = 0;
    victim.on("message", ({ length }) => {
      bytes += length;
    });
    const forged = alice.client.check();
    victim.send(forged, bound.port, "127.0.0.1");
    // By then a flight was repeated five times, a question 20 times.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    victim.close();
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(3 * forged.length);
  });

  it("that never answers a check of ours is sent no voice", async () => {
    const alice = await call({ answersChecks: false });
    let voices = 0;
    alice.client.onVoice = () => voices++;
    const heard = alice.heard();
    alice.transport.send(0, { sequenceNumber: 1, timestamp: 1, marker: false, csrc: 7, payload: sound });
    alice.client.speak(sound);
    await heard;
    expect([voices, transport.packetsOut]).toEqual([0, 0]);
  });

  it("is offered as many voices as it can receive, at most the node's own", async () => {
    for (const [offered, used] of [
      [2, 2],
      [20, 8],
    ] as const) {
      const { transport: media } = await call({ voices: offered }, false);
      expect(media.voices).toBe(used);
      expect(media.answer.match(/^a=sendonly/gm)).toHaveLength(used);
    }
  });

  it("whose packets never come is let go, and nothing of it stays", async () => {
    shut();
    await open({ connectMsMax: 50 });
    const { lost } = await call({}, false);
    expect(transport.peers).toBe(1);
    await lost;
    expect([transport.peers, transport.endings.connect_timeout]).toEqual([0, 1]);
  });

  it("that no longer checks is let go; voice alone doesn't keep it", async () => {
    shut();
    await open({ consentMsMax: 300 });
    // Its checks come every 2.5 s.
    const { client, lost } = await call();
    const talk = setInterval(() => client.speak(sound), 20);
    client.send(client.check());
    const startedAtMs = performance.now();
    await lost;
    clearInterval(talk);
    expect(performance.now() - startedAtMs).toBeGreaterThan(250);
    expect([transport.peers, transport.endings.consent_lost]).toEqual([0, 1]);
  });

  it("whose certificate isn't the offer's is let go at once", async () => {
    const other = await createDtlsIdentity();
    const alice = await call({ fingerprint: other.fingerprint }, false);
    await alice.client.accept(alice.transport.answer);
    await expect(alice.client.connected).rejects.toThrow("alert 42");
    await alice.lost;
    expect([transport.peers, transport.endings.fingerprint_mismatch]).toEqual([0, 1]);
  });

  it("hears a goodbye when the node closes", async () => {
    const alice = await call();
    alice.transport.close();
    await alice.client.ended;
    expect([transport.peers, transport.endings.left]).toEqual([0, 1]);
  });
});

it("a bug that one client's packets bring about is told once, and costs nobody else a packet", async () => {
  const alice = await call();
  const bug = new Error("a room that can't");
  const bob = new ScriptedClient({ identity });
  clients.push(bob);
  const { answer } = await transport.accept(bob.offer, [host], {
    onPacket() {
      throw bug;
    },
    onLost: () => {},
  });
  await bob.accept(answer);
  await bob.connected;
  const heard = alice.heard();
  for (let n = 0; n < 10; n++) bob.speak(sound);
  alice.client.speak(sound);
  await heard;
  await expect.poll(() => transport.drops.snapshot().internal_error).toBe(10);
  expect(bugs.splice(0)).toEqual([bug]);
});

it("a good check from port 0, where nobody can be answered, leaves nothing behind", async () => {
  const alice = await call({}, false);
  await alice.client.accept(alice.transport.answer);
  await alice.client.connected;
  bound.udp.emit("message", alice.client.check(), { address: "192.0.2.1", port: 0, family: "IPv4", size: 1 });
  expect(bugs.splice(0)).toEqual([]);
  expect(transport.drops.snapshot().source_unknown).toBe(1);
});

it("keys that made others are wiped: what is left is what the SRTP session has, and wipes", async () => {
  const exported = vi.spyOn(DtlsServer.prototype, "keys", "get");
  const { client, heard } = await call();
  const next = heard();
  client.speak(sound);
  await next;
  const keys = exported.mock.results.map(({ value }) => value).find(Boolean);
  const secrets = [keys.localKey, keys.localSalt, keys.remoteKey, keys.remoteSalt];
  expect(secrets.map((secret: Buffer) => secret.some((byte) => byte !== 0))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  exported.mockRestore();
});

it("a peer that has ended leaves no timer, however it ended", async () => {
  shut();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    await open();
    const before = vi.getTimerCount();
    const { transport: left } = await call({}, false);
    expect(vi.getTimerCount()).toBe(before + 1);
    left.close();
    expect(vi.getTimerCount()).toBe(before);
    const failing = await call({ fingerprint: (await createDtlsIdentity()).fingerprint }, false);
    await failing.client.accept(failing.transport.answer);
    await failing.lost;
    expect(vi.getTimerCount()).toBe(before);
    await call({}, false);
    transport.close();
    expect(vi.getTimerCount()).toBe(before);
  } finally {
    vi.useRealTimers();
  }
});

it("a bug that a timer meets ends the one whose packets it concerns, and nobody else", async () => {
  shut();
  await open({ reportIntervalMs: 100 });
  const [alice, bob] = [await call(), await call()];
  const bug = new Error("a socket that can't");
  const send = bound.udp.send.bind(bound.udp) as (packet: Uint8Array, port: number, address: string) => void;
  Object.assign(bound.udp, {
    send(packet: Uint8Array, port: number, address: string) {
      if (port === alice.client.localPort && packetKind(Buffer.from(packet)) === "rtcp") throw bug;
      send(packet, port, address);
    },
  });
  const reported = new Promise<void>((resolve) => {
    bob.client.onDatagram = (datagram) => packetKind(datagram) === "rtcp" && resolve();
  });
  for (const { transport: media } of [alice, bob])
    media.send(0, { sequenceNumber: 1, timestamp: 1, marker: false, csrc: 7, payload: sound });
  await Promise.all([alice.lost, reported]);
  expect(bugs.splice(0)).toEqual([bug]);
  expect(transport.peers).toBe(1);
});

describe("one SSRC each", () => {
  it("another one than announced is dropped before it is opened", async () => {
    const alice = await call();
    const foreign = alice.client.rtp(sound);
    foreign.writeUInt32BE((alice.client.ssrc ^ 1) >>> 0, 8);
    alice.client.send(alice.client.sealRtp(foreign));
    const heard = alice.heard();
    alice.client.speak(sound);
    await heard;
    expect(alice.packets).toHaveLength(1);
    expect(transport.drops.snapshot().rtp_foreign_ssrc).toBe(1);
  });

  it("where none was announced the first authentic one is the stream", async () => {
    const alice = await call({ announcesSsrc: false });
    const heard = alice.heard();
    alice.client.speak(sound);
    await heard;
    const foreign = alice.client.rtp(sound);
    foreign.writeUInt32BE((alice.client.ssrc ^ 1) >>> 0, 8);
    alice.client.send(alice.client.sealRtp(foreign));
    const again = alice.heard();
    alice.client.speak(sound);
    await again;
    expect(transport.drops.snapshot().rtp_foreign_ssrc).toBe(1);
  });
});

describe("a TCP connection", () => {
  it("of a client that goes is forgotten", async () => {
    const alice = await call({ protocol: "tcp" });
    const [server] = await Promise.all([once(bound.tcp, "connection"), call({ protocol: "tcp" })]);
    const [socket] = server;
    const closed = once(socket, "close");
    clients.at(-1)?.close();
    await closed;
    const heard = alice.heard();
    alice.client.speak(sound);
    await heard;
  });

  it.each([
    ["whose first frame can't be a check", 1, Buffer.from([1]), "frame_malformed"],
    ["of more frames than checks before a good one", 17, Buffer.alloc(20), "frame_flood"],
  ] as const)("%s is closed and counted", async (_name, count, packet, reason) => {
    const connection = once(bound.tcp, "connection");
    const stranger = connect(bound.port, "127.0.0.1");
    const [socket] = await connection;
    const closed = once(socket, "close");
    stranger.write(Buffer.concat(Array.from({ length: count }, () => writeFrame(packet))));
    await closed;
    expect(transport.drops.snapshot()[reason]).toBe(1);
  });

  it("louder than any voice is closed, though it is a client's", async () => {
    const connection = once(bound.tcp, "connection");
    const alice = await call({ protocol: "tcp" });
    const [socket] = await connection;
    const closed = once(socket, "close");
    for (let n = 0; n < 5_000; n++) alice.client.send(Buffer.from([0x80, 111]));
    await closed;
    expect(transport.drops.snapshot().frame_flood).toBe(1);
  });

  it("with a frame longer than may be is closed and counted", async () => {
    const connection = once(bound.tcp, "connection");
    const alice = await call({ protocol: "tcp" });
    const [socket] = await connection;
    const closed = once(socket, "close");
    alice.client.send(Buffer.alloc(3_000));
    await closed;
    expect(transport.drops.snapshot().frame_malformed).toBe(1);
  });
});

describe("one client's packets are bounded", () => {
  const rateLimited = () => transport.drops.snapshot().rate_limited;

  it("reports at 100 a second, handshake records at 50 once there is nothing left to shake", async () => {
    const alice = await call();
    const report = Buffer.from("81c90001000000010", "hex");
    for (let n = 0; n < 1_000; n++) alice.client.send(alice.client.sealRtcp(report));
    await expect.poll(rateLimited).toBeGreaterThan(150);
    const before = rateLimited();
    const forged = Buffer.concat([Buffer.from("16fefd00010000000000ff001e", "hex"), Buffer.alloc(30)]);
    for (let n = 0; n < 1_000; n++) alice.client.send(forged);
    await expect.poll(() => rateLimited() - before).toBeGreaterThan(200);
    expect(transport.drops.snapshot().dtls_bad_tag).toBeLessThan(100);
  });
});

describe("what a listener agreed", () => {
  const outgoing = { sequenceNumber: 7, timestamp: 960, marker: false, csrc: 1 };
  const next = (client: ScriptedClient) =>
    new Promise<Buffer>((resolve) => {
      client.onVoice = (packet) => resolve(Buffer.from(packet));
    });

  it("RED passes to who has it, and to others its newest frame alone", async () => {
    const talker = await call({ red: true });
    const withRed = await call({ red: true });
    const without = await call();
    const payload = Buffer.from([0x80 | 111, 0, 0, 2, 111, 1, 1, 9, 9, 9]);
    const heard = talker.heard();
    const red = talker.client.rtp(payload);
    red[1] = 63;
    talker.client.send(talker.client.sealRtp(red));
    const packet = await heard;
    expect(packet.redOf).toBe(111);
    const both = [next(withRed.client), next(without.client)];
    for (const { transport } of [withRed, without])
      transport.send(0, { ...outgoing, payload: packet.payload, redOf: packet.redOf });
    const [passed, newest] = await Promise.all(both);
    expect([passed?.[1], passed?.subarray(16)]).toEqual([63, payload]);
    expect([newest?.[1], newest?.subarray(16)]).toEqual([111, Buffer.from([9, 9, 9])]);
  });

  it("a missed packet is sent again, byte for byte, and only where that was agreed", async () => {
    for (const nack of [true, false]) {
      const { client, transport } = await call({ nack });
      const voice: Buffer[] = [];
      let arrived = Promise.withResolvers<void>();
      client.onDatagram = (datagram) => {
        if (packetKind(datagram) !== "rtp") return;
        voice.push(Buffer.from(datagram));
        arrived.resolve();
      };
      transport.send(0, { ...outgoing, payload: Buffer.from("first") });
      await arrived.promise;
      arrived = Promise.withResolvers();
      const request = Buffer.from("81cd0003000000010000000000070000", "hex");
      request.writeUInt32BE(voice[0]?.readUInt32BE(8) ?? 0, 8);
      client.send(client.sealRtcp(request));
      if (!nack) transport.send(0, { ...outgoing, sequenceNumber: 8, payload: Buffer.from("second") });
      await arrived.promise;
      if (nack) expect(voice[1]).toEqual(voice[0]);
      else expect(voice[1]?.readUInt16BE(2)).toBe(8);
    }
  });

  it("is sent again, however many reports are forged from the listener's address", async () => {
    const { client, transport: media } = await call({ nack: true });
    const voice: Buffer[] = [];
    client.onDatagram = (datagram) => {
      if (packetKind(datagram) === "rtp") voice.push(Buffer.from(datagram));
    };
    media.send(0, { ...outgoing, payload: Buffer.from("first") });
    await expect.poll(() => voice.length).toBe(1);
    const request = Buffer.from("81cd0003000000010000000000070000", "hex");
    request.writeUInt32BE(voice[0]?.readUInt32BE(8) ?? 0, 8);
    const sealed = client.sealRtcp(request);
    const forged = Buffer.from(sealed);
    forged[10] = (forged[10] as number) ^ 1;
    for (let n = 0; n < 200; n++) client.send(forged);
    client.send(sealed);
    await expect.poll(() => voice.length).toBe(2);
    expect(transport.drops.snapshot()).toMatchObject({ srtp_unauthentic: 200, rate_limited: 0 });
  });

  it("each voice that was heard is reported: how much was sent, and when in wall time", async () => {
    shut();
    await open({ reportIntervalMs: 100 });
    const { client, transport } = await call();
    const reported = new Promise<Buffer>((resolve) => {
      client.onDatagram = (datagram) => {
        if (packetKind(datagram) !== "rtcp") return;
        const plain = Buffer.alloc(1_500);
        resolve(plain.subarray(0, client.srtp.openRtcp(datagram, plain)));
      };
    });
    transport.send(3, { ...outgoing, payload: Buffer.from("twelve bytes") });
    const report = await reported;
    expect([report[1], report.readUInt32BE(20), report.readUInt32BE(24)]).toEqual([200, 1, 12]);
    const ageMs = Date.now() - (report.readUInt32BE(8) - 2_208_988_800) * 1_000;
    expect(ageMs).toBeLessThan(5_000);
    expect((report.readUInt32BE(16) - 960) / 48).toBeLessThan(5_000);
  });
});

describe("a socket that is slow to send", () => {
  it("keeps what waits as it was sealed, drops what is too much, and goes on", async () => {
    const { client, transport: media } = await call();
    const byTcp = await call({ protocol: "tcp" });
    const unconnected = await call({}, false);
    // The network is what is faked: datagrams wait here as they would for a full socket.
    const { udp } = bound;
    const send = udp.send.bind(udp) as (packet: Uint8Array, port: number, address: string) => void;
    const waiting: [Uint8Array, number, string][] = [];
    Object.assign(udp, {
      getSendQueueCount: () => waiting.length,
      send: (...datagram: [Uint8Array, number, string]) => void waiting.push(datagram),
    });
    const count = 600;
    let byTcpHeard = 0;
    const tcpHeard = Promise.withResolvers<void>();
    byTcp.client.onVoice = () => {
      if (++byTcpHeard === count) tcpHeard.resolve();
    };
    const packetOf = (n: number) => ({
      sequenceNumber: n,
      timestamp: n,
      marker: false,
      csrc: 1,
      payload: Buffer.from(`packet ${n}`),
    });
    for (let n = 0; n < count; n++) {
      // What doesn't go to the slow socket takes no place there, and isn't held up by it.
      for (const { transport: other } of [byTcp, unconnected]) other.send(0, packetOf(n));
      // One that is too old to be sealed, either.
      if (n >= 100) media.send(0, packetOf(n - 100));
      media.send(0, packetOf(n));
    }
    expect(waiting.length).toBe(SEND_QUEUE_MAX);
    expect(transport.drops.snapshot()).toMatchObject({
      send_queue_full: 2 * (count - SEND_QUEUE_MAX),
      srtp_late: SEND_QUEUE_MAX - 100,
    });
    await tcpHeard.promise;
    const heard: string[] = [];
    const all = Promise.withResolvers<void>();
    client.onVoice = (packet) => {
      heard.push(packet.subarray(16).toString());
      if (heard.length === SEND_QUEUE_MAX + 1) all.resolve();
    };
    Object.assign(udp, { getSendQueueCount: () => 0, send });
    for (const datagram of waiting) {
      send(...datagram);
      // In step with the client, whose own buffer is not what is tested.
      await new Promise((resolve) => setImmediate(resolve));
    }
    media.send(0, {
      sequenceNumber: count,
      timestamp: 0,
      marker: false,
      csrc: 1,
      payload: Buffer.from("after"),
    });
    await all.promise;
    const sent = Array.from({ length: SEND_QUEUE_MAX }, (_, n) => `packet ${n}`);
    expect(heard).toEqual([...sent, "after"]);
  });
});
