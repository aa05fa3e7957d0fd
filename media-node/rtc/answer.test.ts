import { describe, expect, it } from "vitest";
import { writeAnswer } from "./answer.ts";
import { hostCandidates } from "./candidates.ts";
import { parseOffer } from "./offer.ts";
import { writeTestOffer } from "./testing/test-offer.ts";

const sdp = writeTestOffer({
  ufrag: "abcd",
  password: "0123456789012345678901",
  fingerprint: Array(32).fill("AB").join(":"),
  ssrc: 7,
  voices: 2,
});
const VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=sendrecv\r\n";

const answer = (offer: string) =>
  writeAnswer({
    offer: parseOffer(offer),
    credentials: { ufrag: "node", password: "secret" },
    fingerprint: "FP",
    candidates: hostCandidates(["192.0.2.1", "2001:db8::1"], 3000),
    voiceSsrcs: [11],
  });

describe("an answer", () => {
  it("is ICE-lite and passive, with each address by UDP and TCP in the first m-line only", () => {
    const text = answer(sdp);
    expect(text).toContain("a=ice-lite\r\n");
    expect(text.match(/a=setup:passive/g)).toHaveLength(3);
    expect(
      text.match(/a=candidate:.*/g)?.map((line) => line.trim().replace(/^(\S+ \d) (\S+) \d+/, "$1 $2")),
    ).toEqual([
      "a=candidate:1 1 udp 192.0.2.1 3000 typ host",
      "a=candidate:2 1 udp 2001:db8::1 3000 typ host",
      "a=candidate:3 1 tcp 192.0.2.1 3000 typ host tcptype passive",
      "a=candidate:4 1 tcp 2001:db8::1 3000 typ host tcptype passive",
    ]);
  });

  it("prefers UDP to TCP and earlier addresses to later ones", () => {
    const priorities = hostCandidates(["192.0.2.1", "192.0.2.2"], 1).map((line) =>
      Number(line.split(" ")[3]),
    );
    expect(priorities).toEqual([...priorities].sort((a, b) => b - a));
    expect(Math.max(...priorities)).toBeLessThan(2 ** 31);
  });

  it.each([
    "*",
    "111",
    "63",
  ])("agrees to nack for every format of voice when it is offered for %s", (format) => {
    const offer = writeTestOffer({
      ufrag: "abcd",
      password: "0123456789012345678901",
      fingerprint: Array(32).fill("AB").join(":"),
      voices: 1,
      red: true,
    }).replaceAll("a=recvonly", `a=recvonly\r\na=rtcp-fb:${format} nack`);
    expect(
      answer(offer)
        .match(/a=rtcp-fb:.*/g)
        ?.sort(),
    ).toEqual(["a=rtcp-fb:111 nack", "a=rtcp-fb:63 nack"]);
  });

  it("uses as many voices as there are, leaves the others inactive and refuses video", () => {
    const text = answer(sdp.replace("BUNDLE 0 1 2", "BUNDLE 0 1 2 v") + VIDEO);
    const directions = text.match(/^a=(sendonly|recvonly|inactive)/gm);
    expect(directions).toEqual(["a=recvonly", "a=sendonly", "a=inactive", "a=inactive"]);
    expect(text).toContain("m=video 0 ");
    expect(text).toContain("a=group:BUNDLE 0 1 2\r\n");
    expect(text.match(/a=ssrc:.*/g)).toEqual(["a=ssrc:11 cname:parley"]);
  });
});
