/** The RFCs' own vectors, which are given for session keys and so stand below the derivation. */
import { describe, expect, it } from "vitest";
import { CONTEXT_BYTES, RECEIVED, SEALED_ONCE, STAGED } from "./memory-layout.ts";
import { RtcpOpener, RtcpSealer } from "./rtcp-cipher.ts";
import { RtpOpener } from "./rtp-opener.ts";
import { RtpSealer } from "./rtp-sealer.ts";
import { deriveSessionKeys } from "./session-keys.ts";
import { allocate, kernelBytes } from "./srtp-kernel.ts";
import type { SrtpProfile } from "./srtp-profile.ts";
import { StreamCipher } from "./stream-cipher.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const kernelHex = (address: number, bytes: number) =>
  kernelBytes.subarray(address, address + bytes).toString("hex");
const cipherOf = (profile: SrtpProfile, key: string, salt: string) =>
  new StreamCipher(
    profile,
    { key: hex(key), salt: hex(salt), authenticationKey: new Uint8Array(20) },
    allocate(CONTEXT_BYTES),
  );

describe("RFC 3711", () => {
  it("appendix B.3: key derivation", () => {
    const { rtp } = deriveSessionKeys(
      "AES_CM_128_HMAC_SHA1_80",
      hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
      hex("0EC675AD498AFEEBB6960B3AABE6"),
    );
    expect(rtp.key).toEqual(hex("C61E7A93744F39EE10734AFE3FF7A087"));
    expect(rtp.salt).toEqual(hex("30CBBC08863D8C85D49DB34A9AE1"));
    expect(rtp.authenticationKey).toEqual(hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
  });

  it("appendix B.2: AES-CM keystream", () => {
    const cipher = cipherOf(
      "AES_CM_128_HMAC_SHA1_80",
      "2B7E151628AED2A6ABF7158809CF4F3C",
      "F0F1F2F3F4F5F6F7F8F9FAFBFCFD",
    );
    const address = cipher.keystreamOnce(0, 0, 48);
    expect(kernelHex(address, 48).toUpperCase()).toBe(
      "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0",
    );
  });
});

describe("RFC 7714", () => {
  const KEY = "000102030405060708090a0b0c0d0e0f";
  const SALT = "517569642070726f2071756f";

  it("§16.1: an RTP packet is sealed and opened to the byte", () => {
    const plain =
      "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
    const cipherText =
      "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833" +
      "899d7f27beb16a9152cf765ee4390cce";
    const cipher = cipherOf("AEAD_AES_128_GCM", KEY, SALT);
    kernelBytes.set(hex(plain), STAGED);
    const sealer = new RtpSealer(cipher, 0x5501a0b2);
    const bytes = sealer.seal(STAGED, 12, STAGED + 12, 38, false, 0xf17b, 0x8041f8d3, SEALED_ONCE);
    expect(kernelHex(SEALED_ONCE, bytes)).toBe(cipherText);
    kernelBytes.set(hex(cipherText), RECEIVED);
    expect(new RtpOpener(cipher, 0x5501a0b2).open(0xf17b, 12, bytes)).toBe(50);
    expect(kernelHex(RECEIVED, 50)).toBe(plain);
  });

  it("§17.1: an RTCP packet is sealed, at index 0x5d4, and opened to the byte", () => {
    const plain =
      "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
    const cipherText =
      "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded" +
      "0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4";
    const cipher = cipherOf("AEAD_AES_128_GCM", KEY, SALT);
    kernelBytes.set(hex(plain), STAGED);
    const sealer = new RtcpSealer(cipher);
    let bytes = 0;
    for (let index = 1; index <= 0x5d4; index++) bytes = sealer.seal(plain.length / 2, SEALED_ONCE);
    expect(kernelHex(SEALED_ONCE, bytes)).toBe(cipherText);
    kernelBytes.set(hex(cipherText), RECEIVED);
    expect(new RtcpOpener(cipher).open(bytes)).toBe(plain.length / 2);
    expect(kernelHex(RECEIVED, plain.length / 2)).toBe(plain);
  });
});
