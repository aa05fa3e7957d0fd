import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SrtcpSession, SrtpSession as WeriftSrtp } from "werift";
import {
  SRTP_LATE,
  SRTP_MALFORMED,
  SRTP_REPLAYED,
  SRTP_STREAMS_EXHAUSTED,
  SRTP_UNAUTHENTIC,
  SRTP_UNENCRYPTED,
} from "./drop-reason.ts";
import { KEYSTREAM_BYTES } from "./memory-layout.ts";
import { allocate, kernelBytes } from "./srtp-kernel.ts";
import { type SrtpProfile, srtpSaltBytes } from "./srtp-profile.ts";
import { type SrtpKeys, SrtpSession } from "./srtp-session.ts";

const PROFILES: SrtpProfile[] = ["AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"];
const out = new Uint8Array(2_048);

/** A session and its peer. */
function pair(profile: SrtpProfile): { near: SrtpSession; far: SrtpSession; keys: SrtpKeys } {
  const saltBytes = srtpSaltBytes(profile);
  const keys = {
    profile,
    localKey: randomBytes(16),
    localSalt: randomBytes(saltBytes),
    remoteKey: randomBytes(16),
    remoteSalt: randomBytes(saltBytes),
  };
  return { near: new SrtpSession(keys), far: new SrtpSession(mirrored(keys)), keys };
}

const mirrored = (keys: SrtpKeys): SrtpKeys => ({
  profile: keys.profile,
  localKey: keys.remoteKey,
  localSalt: keys.remoteSalt,
  remoteKey: keys.localKey,
  remoteSalt: keys.localSalt,
});

function rtp(sequence: number, payload: Uint8Array = randomBytes(80), ssrc = 0x01020304): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x90;
  header[1] = 111;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE((sequence * 960) >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  header.set([0xbe, 0xde, 0, 1, 0x10, 0x30, 0, 0], 12);
  return Buffer.concat([header, payload]);
}

function report(ssrc = 0x01020304): Buffer {
  const packet = Buffer.alloc(28);
  packet.set([0x80, 200, 0, 6]);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}

const sealed = (session: SrtpSession, packet: Uint8Array): Buffer =>
  Buffer.from(out.subarray(0, session.sealRtp(packet, out)));
const sealedRtcp = (session: SrtpSession, packet: Uint8Array): Buffer =>
  Buffer.from(out.subarray(0, session.sealRtcp(packet, out)));
const opened = (session: SrtpSession, packet: Uint8Array): Buffer | number => {
  const bytes = session.openRtp(packet, out);
  return bytes < 0 ? bytes : Buffer.from(out.subarray(0, bytes));
};
const openedRtcp = (session: SrtpSession, packet: Uint8Array): Buffer | number => {
  const bytes = session.openRtcp(packet, out);
  return bytes < 0 ? bytes : Buffer.from(out.subarray(0, bytes));
};

describe("libsrtp's reference packets (AES_CM_128_HMAC_SHA1_80)", () => {
  const masterKey = Buffer.from("e1f97a0d3e018be0d64fa32c06de4139", "hex");
  const masterSalt = Buffer.from("0ec675ad498afeebb6960b3aabe6", "hex");
  const keys = {
    profile: "AES_CM_128_HMAC_SHA1_80",
    localKey: masterKey,
    localSalt: masterSalt,
    remoteKey: masterKey,
    remoteSalt: masterSalt,
  } as const;
  const plain = Buffer.from(`800f1234decafbadcafebabe${"ab".repeat(16)}`, "hex");
  const cipher = "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb";
  const plainRtcp = Buffer.from(`81c8000bcafebabe${"ab".repeat(16)}`, "hex");
  const cipherRtcp = "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798";

  it("are sealed and opened to the byte", () => {
    const session = new SrtpSession(keys);
    expect(sealed(session, plain).toString("hex")).toBe(cipher);
    expect(opened(session, Buffer.from(cipher, "hex"))).toEqual(plain);
    expect(sealedRtcp(session, plainRtcp).toString("hex")).toBe(cipherRtcp);
    expect(openedRtcp(session, Buffer.from(cipherRtcp, "hex"))).toEqual(plainRtcp);
  });
});

describe.each(PROFILES)("SRTP with %s", (profile) => {
  it("opens what its peer sealed, for every length of payload", () => {
    const { near, far } = pair(profile);
    for (let bytes = 0; bytes <= 1_464; bytes++) {
      const packet = rtp(bytes, randomBytes(bytes));
      expect(opened(far, sealed(near, packet))).toEqual(packet);
    }
  });

  it("agrees with werift as an independent peer, both ways", () => {
    const { near, keys } = pair(profile);
    const peerKeys = {
      localMasterKey: Buffer.from(keys.remoteKey),
      localMasterSalt: Buffer.from(keys.remoteSalt),
      remoteMasterKey: Buffer.from(keys.localKey),
      remoteMasterSalt: Buffer.from(keys.localSalt),
    };
    const weriftProfile = profile === "AEAD_AES_128_GCM" ? 0x0007 : 0x0001;
    const werift = new WeriftSrtp({ keys: peerKeys, profile: weriftProfile });
    const weriftRtcp = new SrtcpSession({ keys: peerKeys, profile: weriftProfile });
    const mirror = new SrtpSession(mirrored(keys));
    for (let sequence = 65_500; sequence < 65_600; sequence++) {
      const packet = rtp(sequence);
      const cipher = sealed(near, packet);
      expect(werift.decrypt(cipher)).toEqual(packet);
      expect(opened(mirror, cipher)).toEqual(packet);
    }
    expect(weriftRtcp.decrypt(sealedRtcp(near, report()))).toEqual(report());
    expect(openedRtcp(near, weriftRtcp.encrypt(report()))).toEqual(report());
  });

  it("follows the rollover both ways, also when 30,000 packets around it are lost", () => {
    const { near, far } = pair(profile);
    for (const sequence of [65_530, 65_535, 65_536, 65_540, 65_539, 95_000, 125_000, 131_071, 131_072]) {
      const packet = rtp(sequence);
      expect(opened(far, sealed(near, packet)), `${sequence}`).toEqual(packet);
      expect(opened(near, sealed(far, packet)), `${sequence}`).toEqual(packet);
    }
  });

  it("opens a stream that leaps by more than half the circle, and nothing of what it passed", () => {
    const { near, far } = pair(profile);
    let sequence = 10;
    const old: Buffer[] = [];
    for (const by of [40_000, 25_536, 0x8000, 0x8000, 40_000, 65_400]) {
      const before = sealed(near, rtp(sequence));
      expect(opened(far, before)).toBeInstanceOf(Buffer);
      old.push(before);
      // The sealer has to follow, and goes the way in leaps that nobody gets to see yet.
      for (let leap = 20_000; leap < by; leap += 20_000) old.push(sealed(near, rtp(sequence + leap)));
      sequence += by;
      const packet = rtp(sequence++);
      const cipher = sealed(near, packet);
      expect(opened(far, cipher), `by ${by}`).toEqual(packet);
      for (const other of [cipher, ...old]) expect(opened(far, other)).toBeTypeOf("number");
    }
  });

  it("drops each of 128 and more replays, and accepts a late packet once", () => {
    const { near, far } = pair(profile);
    const packets = Array.from({ length: 400 }, (_, n) => sealed(near, rtp(65_400 + n)));
    for (const [n, packet] of packets.entries())
      if (n !== 300) expect(opened(far, packet)).toBeInstanceOf(Buffer);
    for (const [n, packet] of packets.entries())
      if (n !== 300) expect(opened(far, packet)).toBe(SRTP_REPLAYED);
    expect(opened(far, packets[300] as Buffer)).toBeInstanceOf(Buffer);
    expect(opened(far, packets[300] as Buffer)).toBe(SRTP_REPLAYED);
  });

  it("isn't moved by 10,000 forged packets: the true ones still open", () => {
    const { near, far } = pair(profile);
    expect(opened(far, sealed(near, rtp(10)))).toBeInstanceOf(Buffer);
    const forged = sealed(near, rtp(11));
    for (let n = 0; n < 10_000; n++) {
      const copy = Buffer.from(forged);
      copy.writeUInt16BE((n * 7) & 0xffff, 2);
      const at = 12 + (n % (copy.length - 12));
      copy[at] = (copy[at] ?? 0) ^ (1 << (n % 8));
      expect(opened(far, copy)).not.toBeInstanceOf(Buffer);
    }
    expect(opened(far, forged)).toBeInstanceOf(Buffer);
    expect(opened(far, sealed(near, rtp(12)))).toBeInstanceOf(Buffer);
  });

  it("finds a single changed bit anywhere in packet or tag", () => {
    const { near, far } = pair(profile);
    const packet = sealed(near, rtp(1, randomBytes(33)));
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const copy = Buffer.from(packet);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect([SRTP_UNAUTHENTIC, SRTP_MALFORMED]).toContain(opened(far, copy));
    }
    expect(opened(far, packet)).toBeInstanceOf(Buffer);
  });

  it("seals no index twice, and no packet that is too late", () => {
    const { near } = pair(profile);
    for (const sequence of [0, 1, 40, 39, 70]) near.sealRtp(rtp(sequence), out);
    for (const sequence of [70, 40, 39, 1]) expect(near.sealRtp(rtp(sequence), out)).toBe(SRTP_LATE);
    expect(near.sealRtp(rtp(41), out)).toBeGreaterThan(0);
  });

  it("prefetches the same keystream as it makes for a packet alone", () => {
    const { near, far } = pair(profile);
    const sizes = [1, 80, 200, 3, 1_000, 60, 60, 400, 1_400, 10];
    for (let n = 0; n < 500; n++) {
      const packet = rtp(n, randomBytes(sizes[(n * 7) % sizes.length] ?? 0));
      // Every third is lost, so that the opener's prefetch and the sealer's don't run in step.
      const cipher = sealed(near, packet);
      if (n % 3 !== 0) expect(opened(far, cipher)).toEqual(packet);
    }
  });

  it("drops what is no RTP before it looks at keys", () => {
    const { near, far } = pair(profile);
    const good = sealed(near, rtp(1));
    const lying = Buffer.from(good);
    lying.writeUInt16BE(0xffff, 14);
    const version1 = Buffer.from(good);
    version1[0] = 0x50;
    const csrcs = Buffer.from(good.subarray(0, 40));
    csrcs[0] = 0x8f;
    for (const packet of [
      Buffer.alloc(0),
      good.subarray(0, 20),
      lying,
      version1,
      csrcs,
      Buffer.alloc(1_501, 0x80),
    ])
      expect(opened(far, packet)).toBe(SRTP_MALFORMED);
  });

  it("remembers at most four streams, and forged ones not at all", () => {
    const { near, far } = pair(profile);
    for (let ssrc = 1; ssrc <= 1_000; ssrc++)
      expect(opened(far, rtp(1, randomBytes(60), ssrc))).toBe(SRTP_UNAUTHENTIC);
    for (let ssrc = 1; ssrc <= 4; ssrc++)
      expect(opened(far, sealed(near, rtp(1, randomBytes(60), ssrc)))).toBeInstanceOf(Buffer);
    expect(opened(far, sealed(near, rtp(1, randomBytes(60), 5)))).toBe(SRTP_STREAMS_EXHAUSTED);
  });

  it("reuses the memory of closed sessions, wiped", () => {
    const before = pair(profile);
    const cipher = sealed(before.near, rtp(1));
    expect(opened(before.far, cipher)).toBeInstanceOf(Buffer);
    before.near.close();
    before.far.close();
    before.far.close();
    expect(() => before.far.openRtp(cipher, out)).toThrow("closed");
    const probe = allocate(48);
    for (let n = 0; n < 200; n++) {
      const { near, far } = pair(profile);
      expect(opened(far, sealed(near, rtp(n)))).toBeInstanceOf(Buffer);
      near.close();
      far.close();
    }
    expect(allocate(48) - probe).toBe(48);
    const freed = allocate(KEYSTREAM_BYTES);
    expect(freed).toBeLessThan(probe);
    expect(kernelBytes.subarray(freed, freed + KEYSTREAM_BYTES).every((byte) => byte === 0)).toBe(true);
  });
});

describe.each(PROFILES)("SRTCP with %s", (profile) => {
  it("opens what its peer sealed, once, and drops forgeries", () => {
    const { near, far } = pair(profile);
    const packets = Array.from({ length: 300 }, (_, n) => sealedRtcp(near, report(n % 3)));
    for (const packet of packets) {
      const forged = Buffer.from(packet);
      forged[10] = (forged[10] ?? 0) ^ 1;
      expect(openedRtcp(far, forged)).toBe(SRTP_UNAUTHENTIC);
      expect(openedRtcp(far, packet)).toBeInstanceOf(Buffer);
    }
    for (const packet of packets) expect(openedRtcp(far, packet)).toBe(SRTP_REPLAYED);
  });

  it("drops what is short, of another version, or not encrypted", () => {
    const { near, far } = pair(profile);
    const good = sealedRtcp(near, report());
    expect(openedRtcp(far, good.subarray(0, 16))).toBe(SRTP_MALFORMED);
    const version1 = Buffer.from(good);
    version1[0] = 0x40;
    expect(openedRtcp(far, version1)).toBe(SRTP_MALFORMED);
    const clear = Buffer.from(good);
    const wordAt = clear.length - (profile === "AEAD_AES_128_GCM" ? 4 : 14);
    clear[wordAt] = (clear[wordAt] ?? 0) & 0x7f;
    expect(openedRtcp(far, clear)).toBe(SRTP_UNENCRYPTED);
  });

  it("follows at most 16 senders", () => {
    const { near, far } = pair(profile);
    for (let ssrc = 0; ssrc < 16; ssrc++)
      expect(openedRtcp(far, sealedRtcp(near, report(ssrc)))).toBeInstanceOf(Buffer);
    expect(openedRtcp(far, sealedRtcp(near, report(16)))).toBe(SRTP_STREAMS_EXHAUSTED);
  });
});
