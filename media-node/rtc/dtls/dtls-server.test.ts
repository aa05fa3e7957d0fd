import { generateKeyPairSync, randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { DropReason } from "../drop-counters.ts";
import { SRTP_PROFILE_IDS, srtpProfileNames } from "../srtp/srtp-profile.ts";
import { DtlsClient, type DtlsLies, writeClientHello, wrongFingerprint } from "../testing/dtls-client.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { createDtlsIdentity, type DtlsIdentity } from "./dtls-identity.ts";
import { contentType, parseRecords } from "./dtls-record.ts";
import { DtlsServer } from "./dtls-server.ts";
import { handshakeType, writeHandshake } from "./handshake-message.ts";

let serverIdentity: DtlsIdentity;
let clientIdentity: DtlsIdentity;
beforeAll(async () => {
  [serverIdentity, clientIdentity] = await Promise.all([createDtlsIdentity(), createDtlsIdentity()]);
});

interface Network {
  /** Where and when a datagram arrives: none is a loss, two a duplicate. */
  deliver(nowMs: number): number[];
}

const perfect: Network = { deliver: (nowMs) => [nowMs + 5] };

function pair(lies: DtlsLies = {}, fingerprint = clientIdentity.fingerprint, retransmitMsMax?: number) {
  const drops: DropReason[] = [];
  const server = new DtlsServer({
    identity: serverIdentity,
    fingerprint,
    onDrop: (reason) => drops.push(reason),
  });
  const client = new DtlsClient({
    identity: clientIdentity,
    fingerprint: serverIdentity.fingerprint,
    lies,
    retransmitMsMax,
  });
  return { server, client, drops };
}

/** Runs both on a simulated clock and network; answers when both were connected, in ms, or undefined. */
function run({ server, client }: ReturnType<typeof pair>, network = perfect, msMax = 15_000) {
  const wire: { atMs: number; to: "server" | "client"; datagram: Buffer }[] = [];
  const post = (to: "server" | "client", datagrams: Buffer[], nowMs: number) => {
    for (const datagram of datagrams)
      for (const atMs of network.deliver(nowMs)) wire.push({ atMs, to, datagram: Buffer.from(datagram) });
  };
  client.start(0);
  for (let nowMs = 0; nowMs <= msMax; nowMs++) {
    for (const { to, datagram } of wire.filter(({ atMs }) => atMs === nowMs))
      if (to === "server") server.receive(datagram, nowMs);
      else client.receive(datagram, nowMs);
    if (nowMs % 50 === 0) server.tick(nowMs);
    client.tick(nowMs);
    post("client", server.drain(), nowMs);
    post("server", client.drain(), nowMs);
    if (server.phase === "connected" && client.phase === "connected") return nowMs;
    if (server.phase === "ended" && client.phase === "ended") return undefined;
  }
  return undefined;
}

describe("a handshake", () => {
  it.each(SRTP_PROFILE_IDS)("agrees on the keys of SRTP profile %i", (profile) => {
    const both = pair({ srtpProfiles: [profile] });
    expect(run(both)).toBeLessThan(100);
    expect(both.server.keys).toMatchObject({
      profile: srtpProfileNames[profile],
      localKey: both.client.keys?.remoteKey,
    });
    expect(both.server.keys?.remoteSalt).toEqual(both.client.keys?.localSalt);
    expect(both.server.keys?.remoteKey).not.toEqual(both.server.keys?.localKey);
  });

  it("is answered with the extensions that were offered and no others", () => {
    const talkative = pair();
    expect(run(talkative)).toBeDefined();
    expect(talkative.client.answeredExtensions.sort()).toEqual([11, 14, 23, 0xff01].sort());
    const taciturn = pair({ isTaciturn: true });
    expect(run(taciturn)).toBeDefined();
    expect(taciturn.client.answeredExtensions.sort()).toEqual([14, 23]);
    const scsv = pair({ isTaciturn: true, cipherSuites: [0xc02b, 0x00ff] });
    expect(run(scsv)).toBeDefined();
    expect(scsv.client.answeredExtensions).toContain(0xff01);
  });

  /** 20 % loss, 20 % reordering and 20 % duplication. */
  const roughNetwork = (seed: number): Network => {
    const random = seededRandom(seed);
    return {
      deliver(nowMs) {
        if (random() < 0.2) return [];
        const delayMs = random() < 0.2 ? 60 : 10;
        return random() < 0.2 ? [nowMs + delayMs, nowMs + delayMs + 7] : [nowMs + delayMs];
      },
    };
  };

  it.each([20_261_124, 1, 2])("completes 100 of 100 times in 3 s on a rough network (seed %i)", (seed) => {
    const network = roughNetwork(seed);
    const times = Array.from({ length: 100 }, () => run(pair(), network) ?? Number.POSITIVE_INFINITY);
    expect(Math.max(...times)).toBeLessThanOrEqual(3_000);
  });

  // Of 1,000 of these 11 took longer than 3 s, none longer than the 15 s that they have: whoever repeats a lost flight
  // only after 1.6 or 3.2 s isn't hurried by anything that a server may send.
  it("completes 100 of 100 times, 95 in 3 s, for one who repeats ever more seldom, as libwebrtc does", () => {
    const network = roughNetwork(20_261_124);
    const patient = () => pair({}, clientIdentity.fingerprint, Number.POSITIVE_INFINITY);
    const times = Array.from({ length: 100 }, () => run(patient(), network) ?? Number.POSITIVE_INFINITY);
    expect(times.filter((ms) => ms <= 3_000).length).toBeGreaterThanOrEqual(95);
    expect(times).not.toContain(Number.POSITIVE_INFINITY);
  });

  it("takes a hello in pieces, in any order, and repeated", () => {
    const both = pair();
    both.client.start(0);
    const [hello = Buffer.alloc(0)] = both.client.drain();
    const fragment = parseRecords(hello).records[0]?.fragment ?? Buffer.alloc(0);
    const body = fragment.subarray(12);
    const pieces = [body.subarray(60), body.subarray(0, 60), body.subarray(30, 90)];
    for (const [index, offset] of [60, 0, 30].entries()) {
      const piece = pieces[index] ?? Buffer.alloc(0);
      const header = Buffer.from(fragment.subarray(0, 12));
      header.writeUIntBE(offset, 6, 3);
      header.writeUIntBE(piece.length, 9, 3);
      both.server.receive(record(contentType.handshake, 0, index, Buffer.concat([header, piece])), 0);
    }
    expect(both.server.drain()).toHaveLength(1);
  });
});

describe("a hello that is none", () => {
  it.each([
    ["malformed", 0, Buffer.alloc(40, 1)],
    ["with a cookie that isn't the client's", 1, writeClientHello(randomBytes(32), randomBytes(20))],
  ])("%s, doesn't take the place of the client's own", (_what, messageSequence, body) => {
    const both = pair();
    both.client.start(0);
    for (const datagram of messageSequence === 0 ? [] : both.client.drain()) both.server.receive(datagram, 0);
    const forged = writeHandshake({ type: handshakeType.clientHello, messageSequence, body });
    both.server.receive(record(contentType.handshake, 0, 77, forged), 0);
    expect(both.drops).toEqual(["dtls_bad_hello"]);
    // The client repeats what is on its way already.
    expect(run(both)).toBeLessThan(2_000);
  });
});

describe("a cookie", () => {
  it("costs a hello one small answer, and is good for its client on whatever path, for no other", () => {
    const { server, client } = pair();
    client.start(0);
    const [hello = Buffer.alloc(0)] = client.drain();
    server.receive(hello, 0);
    const [request = Buffer.alloc(0)] = server.drain();
    expect(request.length).toBeLessThan(hello.length);
    client.receive(request, 0);
    const [second = Buffer.alloc(0)] = client.drain();

    const other = pair();
    other.server.receive(hello, 0);
    other.server.drain();
    other.server.receive(second, 0);
    // No second request: it would end the handshake of a client that has had one.
    expect([other.server.phase, other.server.drain(), other.drops]).toEqual([
      "greeting",
      [],
      ["dtls_bad_hello"],
    ]);
    server.receive(second, 0);
    expect(server.phase).toBe("authenticating");
  });
});

describe("a handshake is refused", () => {
  const otherKey = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
  const randomLike = (honest: Buffer) => randomBytes(honest.length);
  it.each<[string, DtlsLies, string]>([
    ["a certificate that isn't the fingerprint's", {}, "fingerprint_mismatch"],
    ["no certificate", { certificate: { der: undefined } }, "certificate_missing"],
    ["CertificateVerify by another key", { signingKey: otherKey }, "certificate_verify_invalid"],
    ["a random CertificateVerify", { signature: randomLike }, "certificate_verify_invalid"],
    ["an empty CertificateVerify", { signature: () => Buffer.alloc(0) }, "certificate_verify_invalid"],
    ["no CertificateVerify", { withoutCertificateVerify: true }, "unexpected_message"],
    ["a random Finished", { verifyData: randomLike }, "finished_invalid"],
    ["a short Finished", { verifyData: (honest) => honest.subarray(0, 11) }, "finished_invalid"],
    ["no extended master secret", { withoutExtendedMasterSecret: true }, "extended_master_secret_missing"],
    ["NULL cipher suites", { cipherSuites: [0, 1, 2, 0xc006] }, "no_common_cipher"],
    ["no SRTP profile of ours", { srtpProfiles: [2, 5] }, "srtp_profile_missing"],
  ])("%s", (_name, lies, reason) => {
    const fingerprint = reason === "fingerprint_mismatch" ? wrongFingerprint() : undefined;
    const both = pair(lies, fingerprint);
    expect(run(both, perfect, 1_000)).toBeUndefined();
    expect(both.server.endedBecause).toBe(reason);
    expect(both.client.alert).toBeDefined();
    expect(both.server.keys).toBeUndefined();
  });

  it("a Finished in the clear is not even read", () => {
    const both = pair({ finishedEpoch: 0 });
    expect(run(both, perfect, 1_000)).toBeUndefined();
    expect(both.server.phase).toBe("authenticating");
    expect(both.drops).toContain("dtls_unexpected");
  });
});

describe("once connected", () => {
  function connected() {
    const both = pair();
    expect(run(both)).toBeDefined();
    const { keys } = both.server;
    const stays = () => {
      expect(both.server.phase).toBe("connected");
      expect(both.server.keys).toBe(keys);
      expect(both.server.drain()).toEqual([]);
    };
    return { ...both, stays };
  }

  it("plaintext alerts, hellos, unknown types and application data change and answer nothing", () => {
    const { server, drops, stays } = connected();
    const hello = Buffer.alloc(40, 1);
    for (const [type, fragment] of [
      [contentType.alert, Buffer.from([1, 0])],
      [contentType.alert, Buffer.from([2, 40])],
      [contentType.handshake, writeHandshake({ type: 1, messageSequence: 0, body: hello })],
      [contentType.handshake, writeHandshake({ type: 1, messageSequence: 6, body: hello })],
      [contentType.changeCipherSpec, Buffer.from([1])],
      [contentType.applicationData, Buffer.from([1])],
      [24, Buffer.from([0])],
    ] as const)
      server.receive(record(type, 0, 99, fragment), 60_000);
    stays();
    expect(drops.slice(-7)).toEqual([...Array(6).fill("dtls_unexpected"), "dtls_malformed"]);
  });

  it("a record that isn't the client's, or was seen, is dropped; a real goodbye ends it", () => {
    const { server, client, drops, stays } = connected();
    server.receive(record(contentType.alert, 1, 50, randomBytes(30)), 60_000);
    expect(drops.at(-1)).toBe("dtls_bad_tag");
    client.say({ type: contentType.alert, epoch: 1, fragment: Buffer.from([1, 90]) });
    const [warning = Buffer.alloc(0)] = client.drain();
    server.receive(warning, 60_000);
    server.receive(warning, 60_000);
    expect(drops.at(-1)).toBe("dtls_replayed");
    stays();
    client.say({ type: contentType.alert, epoch: 1, fragment: Buffer.from([1, 0]) });
    for (const datagram of client.drain()) server.receive(datagram, 60_000);
    expect(server.endedBecause).toBe("closed");
    server.receive(warning, 60_000);
    expect(drops.at(-1)).toBe("dtls_after_end");
  });

  it("a renegotiation under the keys is dropped", () => {
    const { server, client, drops, stays } = connected();
    const fragment = writeHandshake({ type: 1, messageSequence: 6, body: Buffer.alloc(40) });
    client.say({ type: contentType.handshake, epoch: 1, fragment });
    for (const datagram of client.drain()) server.receive(datagram, 60_000);
    expect(drops.at(-1)).toBe("dtls_unexpected");
    stays();
  });
});

describe("the handshake's memory is bounded", () => {
  const fragment = (sequence: number, length: number, offset: number, bytes: number) => {
    const header = Buffer.alloc(12 + bytes);
    header[0] = 1;
    header.writeUIntBE(length, 1, 3);
    header.writeUInt16BE(sequence, 4);
    header.writeUIntBE(offset, 6, 3);
    header.writeUIntBE(bytes, 9, 3);
    return header;
  };

  it.each([
    ["16 MB claimed", fragment(0, 0xffffff, 0, 100)],
    ["an empty fragment of a message that isn't empty", fragment(0, 100, 0, 0)],
    ["a fragment past its message", fragment(0, 100, 90, 20)],
  ])("%s: dropped", (_name, bytes) => {
    const { server, drops } = pair();
    server.receive(record(contentType.handshake, 0, 0, bytes), 0);
    expect(drops).toEqual(["dtls_malformed"]);
    expect(server.drain()).toEqual([]);
  });

  it("messages from the far future, and those without end, hold six buffers of 8 KiB at most", () => {
    const { server, drops } = pair();
    for (let sequence = 0; sequence < 60_000; sequence++)
      server.receive(record(contentType.handshake, 0, sequence, fragment(sequence, 8_000, 0, 10)), 0);
    expect(drops.filter((reason) => reason === "dtls_unexpected")).toHaveLength(60_000 - 6);
  });
});

function record(type: number, epoch: number, sequenceNumber: number, fragment: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(0xfefd, 1);
  header.writeUInt16BE(epoch, 3);
  header.writeUIntBE(sequenceNumber, 5, 6);
  header.writeUInt16BE(fragment.length, 11);
  return Buffer.concat([header, fragment]);
}
