/** SRTP and SRTCP of both profiles. */
import { randomBytes } from "node:crypto";
import { type SrtpProfile, srtpSaltBytes } from "@parley/media-node/rtc/srtp/srtp-profile";
import { SrtpSession } from "@parley/media-node/rtc/srtp/srtp-session";
import { type FuzzedParser, PACKET_BYTES_MAX } from "./fuzzed-parser.ts";

const PROFILES = ["AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"] as const;
const TAG_AND_INDEX_BYTES = 20;

/** `rtp` and `rtcp` are plain packets. */
export const srtpParsers = (rtp: readonly Buffer[], rtcp: readonly Buffer[]): FuzzedParser[] =>
  PROFILES.flatMap((profile) => openers(profile, rtp, rtcp));

/** Packets bent after they were sealed, and before. */
function openers(profile: SrtpProfile, rtp: readonly Buffer[], rtcp: readonly Buffer[]): FuzzedParser[] {
  const salt = () => randomBytes(srtpSaltBytes(profile));
  const [near, far] = [
    { key: randomBytes(16), salt: salt() },
    { key: randomBytes(16), salt: salt() },
  ];
  const open = (local: typeof near, remote: typeof near) =>
    new SrtpSession({
      profile,
      localKey: local.key,
      localSalt: local.salt,
      remoteKey: remote.key,
      remoteSalt: remote.salt,
    });
  const [sender, receiver] = [open(near, far), open(far, near)];
  const out = Buffer.alloc(2_048);
  let sequenceNumber = 0;
  const sealed = (plain: Buffer, seal: (plain: Buffer, out: Buffer) => number) =>
    Buffer.from(out.subarray(0, Math.max(0, seal(plain, out))));
  const sealRtp = (plain: Buffer) => sealed(plain, (from, to) => sender.sealRtp(from, to));
  const sealRtcp = (plain: Buffer) => sealed(plain, (from, to) => sender.sealRtcp(from, to));
  return [
    {
      name: `SRTP ${profile}`,
      corpus: rtp.map(sealRtp),
      bytesMax: PACKET_BYTES_MAX + TAG_AND_INDEX_BYTES,
      parse(input) {
        receiver.openRtp(input, out);
        // An index is used once, whatever the input says.
        const plain = Buffer.from(input);
        if (plain.length < 12) return;
        sequenceNumber = (sequenceNumber + 1) & 0xffff;
        plain.writeUInt16BE(sequenceNumber, 2);
        plain.writeUInt32BE(1, 8);
        const again = sealRtp(plain);
        if (again.length > 0) receiver.openRtp(again, out);
      },
    },
    {
      name: `SRTCP ${profile}`,
      corpus: rtcp.map(sealRtcp),
      bytesMax: PACKET_BYTES_MAX + TAG_AND_INDEX_BYTES,
      parse(input) {
        receiver.openRtcp(input, out);
        const again = sealRtcp(input);
        if (again.length > 0) receiver.openRtcp(again, out);
      },
    },
  ];
}
