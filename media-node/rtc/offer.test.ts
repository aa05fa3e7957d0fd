import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "@parley/contract/errors";
import { describe, expect, it } from "vitest";
import { parseOffer } from "./offer.ts";

const FINGERPRINT = `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`;
const LEVEL = "a=extmap:3 urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const section = (direction: string, extra: string[] = []) => [
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=ice-ufrag:abcd",
  "a=ice-pwd:0123456789012345678901",
  FINGERPRINT,
  "a=setup:actpass",
  "a=rtcp-mux",
  "a=rtpmap:111 opus/48000/2",
  `a=${direction}`,
  ...extra,
];
/** Each section gets a mid unless it brings one; all are bundled. */
const sdp = (...sections: string[][]) => {
  const named = sections.map((lines, index) =>
    lines.some((line) => line.startsWith("a=mid:")) ? lines : [...lines, `a=mid:${index}`],
  );
  const mids = named.map((lines) => lines.find((line) => line.startsWith("a=mid:"))?.slice(6));
  return ["v=0", "o=- 1 2 IN IP4 127.0.0.1", `a=group:BUNDLE ${mids.join(" ")}`, ...named.flat(), ""].join(
    "\r\n",
  );
};
const without = (pattern: string) => section("sendonly").filter((line) => !line.includes(pattern));
const changed = (from: string, to: string) => section("sendonly").map((line) => line.replace(from, to));
const codeOf = (text: string) => {
  try {
    parseOffer(text);
    return "accepted";
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
};

describe("an offer", () => {
  it("tells its microphone, its voices and its transport", () => {
    const offer = parseOffer(
      sdp(section("sendonly", [LEVEL, "a=ssrc:77 cname:x"]), section("recvonly"), section("inactive")),
    );
    expect(offer.sections.map(({ role }) => role)).toEqual(["send", "receive", "none"]);
    expect(offer.microphone).toEqual({ payloadType: 111, ssrc: 77, audioLevelId: 3 });
    expect(offer.iceUfrag).toBe("abcd");
    expect(offer.fingerprint).toBe(Array(32).fill("AB").join(":"));
  });

  it("may be Firefox's: transport in the session part, later m-lines bundled only, extensions with a direction", () => {
    const path = join(import.meta.dirname, "../../tests/fuzz/corpus/firefox-offer.sdp");
    const offer = parseOffer(readFileSync(path, "utf8"));
    expect(offer.sections.map(({ role }) => role)).toEqual(["send", ...Array(8).fill("receive")]);
    expect(offer.sections.map(({ mid }) => mid)).toEqual([..."012345678"]);
    expect(offer.microphone).toEqual({ payloadType: 109, ssrc: 3724215340, audioLevelId: 1 });
    expect([offer.iceUfrag, offer.icePassword]).toEqual(["9b4c1d02", "5f1ad3a1c1f14d0b8e1fcb6c6f0a9b27"]);
  });

  it("has one microphone: a second sending m-line is refused", () => {
    const offer = parseOffer(sdp(section("sendonly"), section("sendrecv")));
    expect(offer.sections.map(({ role }) => role)).toEqual(["send", "none"]);
  });

  it("may have video, which is refused in the answer", () => {
    const video = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=sendrecv"];
    expect(parseOffer(sdp(section("sendonly"), video)).sections[1]).toMatchObject({ role: "none" });
  });

  const other = FINGERPRINT.replaceAll("AB", "CD");
  it.each<[string, string, string]>([
    ["an empty one", "", "sdp_invalid"],
    ["no m-line", sdp(), "sdp_without_audio"],
    ["video alone", sdp(["m=video 9 UDP/TLS/RTP/SAVPF 96"]), "sdp_without_audio"],
    ["audio without Opus", sdp(without("opus")), "sdp_without_audio"],
    ["no fingerprint", sdp(without("fingerprint")), "sdp_invalid"],
    ["a sha-1 fingerprint", sdp(changed("sha-256", "sha-1")), "sdp_invalid"],
    [
      "a fingerprint that changes",
      sdp(section("sendonly"), [...without("fingerprint"), other]),
      "sdp_invalid",
    ],
    ["a short fingerprint", sdp(changed(":AB:AB", ":AB")), "sdp_invalid"],
    ["a short ICE password", sdp(changed("0123456789012345678901", "short")), "sdp_invalid"],
    ["no ICE user fragment", sdp(without("ice-ufrag")), "sdp_invalid"],
    ["a DTLS server", sdp(changed("actpass", "passive")), "sdp_invalid"],
    ["no rtcp-mux", sdp(without("rtcp-mux")), "sdp_invalid"],
    [
      "the same mid twice",
      sdp(section("sendonly", ["a=mid:a"]), section("recvonly", ["a=mid:a"])),
      "sdp_invalid",
    ],
    ["a mid with a line break's rest", sdp(section("sendonly", ["a=mid:a b"])), "sdp_invalid"],
    ["a BUNDLE of foreign mids", sdp(section("sendonly")).replace("BUNDLE 0", "BUNDLE 0 9"), "sdp_invalid"],
    [
      "m-lines outside the BUNDLE",
      sdp(section("sendonly"), section("recvonly")).replace("BUNDLE 0 1", "BUNDLE 0"),
      "sdp_invalid",
    ],
    ["extension id 0", sdp(section("sendonly", [LEVEL.replace("3", "0")])), "sdp_invalid"],
    ["65 m-lines", sdp(...Array.from({ length: 65 }, () => section("recvonly"))), "sdp_invalid"],
    ["10,000 m-lines", `v=0\r\n${"m=a\r\n".repeat(6_000)}`, "sdp_invalid"],
    ["10,000 candidates", `v=0\r\n${"a=c\r\n".repeat(6_000)}`, "sdp_invalid"],
    ["a byte more than 32 KiB", `v=0\r\n${"x".repeat(32 * 1024 - 4)}`, "sdp_invalid"],
  ])("is refused with a code: %s", (_name, text, code) => {
    expect(codeOf(text)).toBe(code);
  });
});
