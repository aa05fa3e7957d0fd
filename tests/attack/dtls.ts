/** Attacks on the handshake and on the session that it made. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { contentType, writeRecord } from "@parley/media-node/rtc/dtls/dtls-record";
import { handshakeType, writeHandshake } from "@parley/media-node/rtc/dtls/handshake-message";
import {
  type DtlsLies,
  writeClientHello,
  wrongFingerprint,
} from "@parley/media-node/rtc/testing/dtls-client";
import type { Attack, Scene } from "./attack.ts";
import { heard, pause } from "./listening.ts";
import { Stranger } from "./stranger.ts";

const record = (type: number, fragment: Buffer, sequenceNumber = 1_000, epoch = 0): Buffer =>
  writeRecord({ type, version: 0xfefd, epoch, sequenceNumber, fragment });

const hello = (cookie = Buffer.alloc(0), messageSequence = 0): Buffer => {
  const body = writeClientHello(randomBytes(32), cookie);
  return record(
    contentType.handshake,
    writeHandshake({ type: handshakeType.clientHello, messageSequence, body }),
  );
};

/** A handshake fragment whose header may lie. */
function fragment(type: number, sequence: number, length: number, offset: number, body: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(type, 0);
  header.writeUIntBE(length, 1, 3);
  header.writeUInt16BE(sequence, 4);
  header.writeUIntBE(offset, 6, 3);
  header.writeUIntBE(body.length, 9, 3);
  return record(contentType.handshake, Buffer.concat([header, body]));
}

/** From the victim's own address, as somebody would who can forge it, and from another one. */
function disturb(name: string, reasons: string, packets: () => Buffer[]): Attack {
  return {
    name,
    async run(scene) {
      const count = async () => {
        const counts = await Promise.all(reasons.split(" or ").map((reason) => scene.arena.counter(reason)));
        return counts.reduce((sum, each) => sum + each, 0);
      };
      const before = await count();
      const stranger = await Stranger.open(scene.arena.port);
      const sent = packets();
      await stranger.sendAll(sent);
      stranger.close();
      let answered = 0;
      scene.victim.client.onDatagram = (datagram) => {
        if ((datagram[0] as number) >= 20 && (datagram[0] as number) <= 63) answered++;
      };
      for (const packet of sent) scene.victim.client.send(packet);
      await pause(100);
      const counted = (await count()) - before;
      scene.note(`${sent.length} sent from each of two addresses`);
      scene.note(`${stranger.repliedBytes} bytes back, ${answered} records to the client`);
      scene.note(`${counted} counted as ${reasons}`);
      scene.require(stranger.repliedBytes === 0 && answered === 0, "nothing comes back");
      scene.require(scene.victim.client.dtls.phase === "connected", "the session stays");
      scene.require(counted === sent.length, "each of the client's address is counted, and nothing else is");
    },
  };
}

/** Handshakes that the node has completed. */
const HANDSHAKES = "parley_media_handshake_milliseconds_count";

/** A client that lies in its handshake must not be let in. */
function impostor(name: string, lies: DtlsLies, fingerprint?: string): Attack {
  return {
    name,
    needsCall: false,
    async run(scene) {
      const options = { lies, ...(fingerprint ? { fingerprint } : {}) };
      const handshakes = await scene.arena.counter(HANDSHAKES);
      const { client, answer, leave } = await scene.arena.enter({}, options);
      await client.accept(answer, "127.0.0.1");
      const outcome = await Promise.race([
        client.connected.then(
          () => "connected",
          (error: Error) => error.message,
        ),
        pause(1_500).then(() => "no answer in 1.5 s"),
      ]);
      const made = (await scene.arena.counter(HANDSHAKES)) - handshakes;
      scene.note(`${outcome}, ${made} handshakes made`);
      scene.require(outcome !== "connected" && made === 0, "it is refused");
      await leave();
    },
  };
}

/** Handshake fragments while a client connects, of messages that the node may still want. */
function duringHandshake(
  name: string,
  from: { elsewhere: boolean; mayEndIt?: true },
  count: number,
  fragmentOf: (n: number) => Buffer,
): Attack {
  return {
    name,
    needsCall: false,
    async run(scene) {
      const { client, answer, leave } = await scene.arena.enter();
      const stranger = await Stranger.open(scene.arena.port);
      const { heapBytes } = await scene.arena.vitals();
      const fragments = Array.from({ length: count }, (_, n) => fragmentOf(n));
      await client.accept(answer, "127.0.0.1");
      if (from.elsewhere) await stranger.sendAll(fragments);
      else for (const bytes of fragments) client.send(bytes);
      const connected = await Promise.race([
        client.connected.then(() => true),
        pause(1_500).then(() => false),
      ]);
      const grown = (await scene.arena.vitals()).heapBytes - heapBytes;
      scene.note(`${count} sent, memory ${(grown / 1024).toFixed(0)} KiB larger, connected: ${connected}`);
      scene.require(grown < 1024 * 1024, "memory is bounded");
      scene.require(connected || from.mayEndIt === true, "the client connects");
      stranger.close();
      await leave();
    },
  };
}

const CERTIFICATE_SEQUENCE = 2;
const endless = (n: number) =>
  fragment(handshakeType.certificate, CERTIFICATE_SEQUENCE + n, 8_000, n % 7_000, randomBytes(50));
/** One for each message of the client's last flight. */
const wanted = (n: number) => CERTIFICATE_SEQUENCE + (n % 4);

const otherKey = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
const noise = (honest: Buffer) => randomBytes(honest.length);

export const dtlsAttacks: readonly Attack[] = [
  disturb("DTLS record of type 24 (W2)", "dtls_malformed", () => [record(24, Buffer.from([0]))]),
  disturb("Plaintext alerts, warning and fatal (W2)", "dtls_unexpected", () =>
    [
      [1, 0],
      [1, 90],
      [2, 40],
    ].map((alert) => record(contentType.alert, Buffer.from(alert))),
  ),
  disturb("65-byte ClientHello after connect (W3)", "dtls_unexpected", () => [
    record(contentType.handshake, writeHandshake({ type: 1, messageSequence: 0, body: Buffer.alloc(40, 1) })),
  ]),
  disturb("Well-formed ClientHello after connect, and from another tuple (W3)", "dtls_unexpected", () => [
    hello(),
    hello(randomBytes(20), 1),
    hello(randomBytes(20), 6),
  ]),
  disturb("DTLS record longer than its datagram", "dtls_malformed", () => {
    const bytes = record(contentType.handshake, Buffer.alloc(50));
    bytes.writeUInt16BE(0xffff, 11);
    return [bytes, bytes.subarray(0, 13), bytes.subarray(0, 12)];
  }),
  disturb("Records of epoch 1 with a wrong tag", "dtls_bad_tag or rate_limited", () =>
    Array.from({ length: 200 }, (_, n) => record(contentType.alert, randomBytes(26), 10_000 + n, 1)),
  ),
  {
    name: "Replayed DTLS records",
    async run(scene) {
      const { client } = scene.victim;
      const before = await scene.arena.counter("dtls_replayed");
      const warning = { type: contentType.alert, epoch: 1, fragment: Buffer.from([1, 90]) } as const;
      client.dtls.say(warning);
      const [datagram = Buffer.alloc(0)] = client.dtls.drain();
      for (let n = 0; n < 20; n++) client.send(datagram);
      await pause(100);
      const counted = (await scene.arena.counter("dtls_replayed")) - before;
      scene.note(`20 sent, ${counted} counted as replayed`);
      scene.require(counted === 19, "only the first is taken");
    },
  },
  duringHandshake("Fragments that claim 16 MB", { elsewhere: false }, 40, (n) =>
    fragment(handshakeType.certificate, wanted(n), 0xffffff, 0, Buffer.alloc(100)),
  ),
  duringHandshake("Zero-length fragments", { elsewhere: false }, 200, (n) =>
    fragment(handshakeType.certificate, wanted(n), 100, 0, Buffer.alloc(0)),
  ),
  duringHandshake("Endless fragments from another address", { elsewhere: true }, 5_000, endless),
  // Who can forge the client's address can spoil its unauthenticated handshake: DTLS 1.2 has no cure for that.
  duringHandshake(
    "Endless fragments from the client's own address",
    { elsewhere: false, mayEndIt: true },
    5_000,
    endless,
  ),
  impostor("Certificate that isn't the SDP's", {}, wrongFingerprint()),
  impostor("No client certificate", { certificate: { der: undefined } }),
  impostor("CertificateVerify of random bytes (W5)", { signature: noise }),
  impostor("CertificateVerify by another key (W5)", { signingKey: otherKey }),
  impostor("CertificateVerify left out (W5)", { withoutCertificateVerify: true }),
  impostor("Finished of random bytes (W5)", { verifyData: noise }),
  impostor("Finished in epoch 0", { finishedEpoch: 0 }),
  impostor("NULL cipher suites", { cipherSuites: [0x0000, 0x0001, 0x0002, 0xc006] }),
  impostor("No extended master secret", { withoutExtendedMasterSecret: true }),
  {
    name: "Somebody else with a good account takes over a client's address",
    async run(scene: Scene) {
      // Their checks are good, and forged to come from the victim's address.
      const other = await scene.arena.enter();
      await other.client.accept(other.answer, "127.0.0.1");
      await other.client.connected;
      const before = await scene.arena.counter("tuple_taken");
      scene.victim.client.send(other.client.check());
      await pause(100);
      const counted = (await scene.arena.counter("tuple_taken")) - before;
      const reached = await heard(scene.listener, scene.victim);
      scene.note(`${counted} of 1 refused, ${reached} of 5 packets still reach the client`);
      scene.require(counted === 1 && reached === 5, "the address stays the client's");
      await other.leave();
    },
  },
];
