import { AppError } from "@parley/contract/errors";
import { describe, expect, it } from "vitest";
import { parseOffer } from "./offer.ts";

const FINGERPRINT = `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`;
const section = (direction: string, extra: string[] = []) => [
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=ice-ufrag:abcd",
  "a=ice-pwd:0123456789012345678901",
  FINGERPRINT,
  "a=rtpmap:111 opus/48000/2",
  `a=${direction}`,
  ...extra,
];
const sdp = (...sections: string[][]) =>
  ["v=0", "o=- 1 2 IN IP4 127.0.0.1", ...sections.flat(), ""].join("\r\n");
const codeOf = (text: string) => {
  try {
    parseOffer(text);
    return "accepted";
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
};

describe("an offer", () => {
  it("tells its voices, its microphone and its level extension", () => {
    const level = "a=extmap:3 urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    const offer = parseOffer(sdp(section("sendonly", [level]), section("recvonly"), section("recvonly")));
    expect(offer).toMatchObject({ receiveSections: 2, sendsAudio: true, audioLevelId: 3 });
  });

  it.each([
    ["an empty one", "", "sdp_invalid"],
    ["no m-line", sdp(), "sdp_without_audio"],
    ["video alone", sdp(["m=video 9 UDP/TLS/RTP/SAVPF 96"]), "sdp_without_audio"],
    [
      "audio without Opus",
      sdp(section("sendonly").filter((line) => !line.includes("opus"))),
      "sdp_without_audio",
    ],
    ["no fingerprint", sdp(section("sendonly").filter((line) => line !== FINGERPRINT)), "sdp_invalid"],
    [
      "a sha-1 fingerprint",
      sdp(section("sendonly").map((line) => line.replace("sha-256", "sha-1"))),
      "sdp_invalid",
    ],
    [
      "a short ICE password",
      sdp(section("sendonly").map((line) => line.replace("0123456789012345678901", "short"))),
      "sdp_invalid",
    ],
    ["65 m-lines", sdp(...Array.from({ length: 65 }, () => section("recvonly"))), "sdp_invalid"],
    ["more than 32 KiB", `v=0\r\n${"a=x\r\n".repeat(7_000)}`, "sdp_invalid"],
  ])("is refused with a code: %s", (_name, text, code) => {
    expect(codeOf(text)).toBe(code);
  });
});
