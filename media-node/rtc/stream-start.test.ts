import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { SrtpSession } from "./srtp/srtp-session.ts";
import { randomStreamStart } from "./stream-start.ts";

const STARTS = 10_000;
const LOST = 200;

it("wherever a stream starts, who misses its first packets opens all the later ones", () => {
  // The start that comes nearest to the wrap is the worst.
  const start = Math.max(...Array.from({ length: STARTS }, () => randomStreamStart().sequence));
  const [key, otherKey] = [randomBytes(16), randomBytes(16)];
  const salt = randomBytes(12);
  const profile = "AEAD_AES_128_GCM";
  const salts = { localSalt: salt, remoteSalt: salt };
  const node = new SrtpSession({ profile, localKey: key, remoteKey: otherKey, ...salts });
  const client = new SrtpSession({ profile, localKey: otherKey, remoteKey: key, ...salts });
  const [sealed, opened] = [Buffer.alloc(1_600), Buffer.alloc(1_600)];
  const packet = Buffer.alloc(40, "807f", "hex");
  let missed = 0;
  for (let n = 0; n < LOST + 0x10000; n++) {
    packet.writeUInt16BE((start + n) & 0xffff, 2);
    const bytes = node.sealRtp(packet, sealed);
    if (n >= LOST && client.openRtp(sealed.subarray(0, bytes), opened) < 0) missed++;
  }
  expect(missed, `start ${start}`).toBe(0);
});
