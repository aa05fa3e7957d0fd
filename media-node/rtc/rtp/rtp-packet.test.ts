import { describe, expect, it } from "vitest";
import { walkRtcp } from "./rtcp-packet.ts";
import { rtpExtensionOffset, rtpHeaderBytes, rtpPayloadBytes } from "./rtp-packet.ts";

const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");
/** RFC 8285 one-byte form: id 1 with one byte, padding, id 3 with two bytes. */
const WITH_EXTENSIONS = bytes("906f0001 00000002 00000003 bede0002 10a50000 31b1b200 ffff");

describe("an RTP header", () => {
  it("counts CSRCs and extension", () => {
    expect(rtpHeaderBytes(bytes("806f0001 00000002 00000003 ff"))).toBe(12);
    expect(rtpHeaderBytes(bytes("826f0001 00000002 00000003 0000000a 0000000b ff"))).toBe(20);
    expect(rtpHeaderBytes(WITH_EXTENSIONS)).toBe(24);
  });

  it.each([
    ["11 bytes", "806f0001 00000002 000000"],
    ["version 1", "406f0001 00000002 00000003"],
    ["15 CSRCs that aren't there", "8f6f0001 00000002 00000003 0000000a"],
    ["an extension header that isn't there", "906f0001 00000002 00000003 bede"],
    ["an extension longer than the packet", "906f0001 00000002 00000003 bedeffff 10a50000"],
  ])("is refused with %s", (_name, hex) => {
    expect(rtpHeaderBytes(bytes(hex))).toBe(-1);
  });

  it("finds an extension by its id, and none where its length lies", () => {
    const data = (id: number) => rtpExtensionOffset(WITH_EXTENSIONS, 24, id);
    expect(WITH_EXTENSIONS[data(1)]).toBe(0xa5);
    expect(WITH_EXTENSIONS[data(3)]).toBe(0xb1);
    expect(data(2)).toBe(-1);
    const lying = bytes("906f0001 00000002 00000003 bede0001 1fa50000 ffff");
    expect(rtpExtensionOffset(lying, 20, 1)).toBe(-1);
    const twoByteForm = bytes("906f0001 00000002 00000003 10000001 0101a500 ffff");
    expect(rtpExtensionOffset(twoByteForm, 20, 1)).toBe(-1);
  });

  it("takes padding off the payload, unless there is less payload than padding", () => {
    const padded = (last: string) => bytes(`a06f0001 00000002 00000003 aabbcc${last}`);
    expect(rtpPayloadBytes(padded("02"), 12, 16)).toBe(2);
    expect(rtpPayloadBytes(padded("04"), 12, 16)).toBe(0);
    expect(rtpPayloadBytes(padded("05"), 12, 16)).toBe(-1);
    expect(rtpPayloadBytes(padded("00"), 12, 16)).toBe(-1);
  });
});

describe("compound RTCP", () => {
  const parts = (hex: string) => {
    const seen: number[][] = [];
    const packet = bytes(hex);
    const holds = walkRtcp(packet, packet.length, (...part) => seen.push(part));
    return holds ? seen : undefined;
  };

  it("is walked part by part, padding left off", () => {
    expect(parts("80c90001 00000001 a1cb0002 00000001 00000004")).toEqual([
      [201, 0, 4, 8],
      [203, 1, 12, 16],
    ]);
  });

  it.each([
    ["a part past the end", "80c90002 00000001"],
    ["a second part of another version", "80c90001 00000001 40ca0000"],
    ["padding before the last part", "a0c90001 00000004 80c90001 00000001"],
    ["padding longer than its part", "a0c90001 00000008"],
    ["padding of no bytes", "a0c90001 00000000"],
    ["a type that isn't RTCP's", "80100001 00000001"],
    ["half a header", "80c90001 00000001 80ca"],
    ["nothing", ""],
  ])("with %s is not believed at all", (_name, hex) => {
    expect(parts(hex)).toBeUndefined();
  });
});
