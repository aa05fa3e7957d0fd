import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  attribute,
  type BindingRequest,
  FINGERPRINT_XOR,
  hasIntegrity,
  parseBindingRequest,
  STUN_HEADER_BYTES,
} from "./binding-request.ts";
import { writeBindingSuccess, writeRoleConflict, writeStun, writeUnknownAttributes } from "./stun-writer.ts";

/** RFC 5769 §2.1, whose software, priority and tie-breaker attributes are before the user name. */
const RFC_5769_REQUEST = Buffer.from(
  `000100582112a442b7e7a701bc34d686fa87dfae80220010${Buffer.from("STUN test client").toString("hex")}` +
    "002400046e0001ff80290008932ff9b151263b360006000965767 46a3a68367659202020".replace(" ", "") +
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
  "hex",
);
const FINGERPRINT_BYTES = 8;
const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";

const request = (bytes: Buffer = RFC_5769_REQUEST): BindingRequest => {
  const parsed = parseBindingRequest(bytes);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
};

describe("a Binding request", () => {
  it("of RFC 5769 §2.1 is read, and is its password's and no other's", () => {
    expect(request()).toMatchObject({
      localUfrag: "evtj",
      remoteUfrag: "h6vY",
      useCandidate: false,
      claimsControlled: true,
      unknownAttributes: [],
    });
    expect(hasIntegrity(request(), PASSWORD)).toBe(true);
    expect(hasIntegrity(request(), `${PASSWORD}x`)).toBe(false);
  });

  it("changed in any bit is refused or loses its integrity", () => {
    for (let bit = 0; bit < RFC_5769_REQUEST.length * 8; bit++) {
      const bytes = Buffer.from(RFC_5769_REQUEST);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      const parsed = parseBindingRequest(bytes);
      if (typeof parsed !== "string") expect(hasIntegrity(parsed, PASSWORD), `bit ${bit}`).toBe(false);
    }
  });

  it("doesn't get USE-CANDIDATE from behind its MESSAGE-INTEGRITY", () => {
    const bytes = RFC_5769_REQUEST.subarray(0, -FINGERPRINT_BYTES);
    const smuggled = Buffer.concat([bytes, Buffer.from([0, attribute.useCandidate, 0, 0])]);
    smuggled.writeUInt16BE(smuggled.length - STUN_HEADER_BYTES, 2);
    expect(parseBindingRequest(smuggled)).toBe("stun_bad_fingerprint");
    // Anybody on the way can compute a CRC.
    smuggled.writeUInt16BE(smuggled.length + FINGERPRINT_BYTES - STUN_HEADER_BYTES, 2);
    const fingerprint = Buffer.from("8028000400000000", "hex");
    fingerprint.writeUInt32BE((crc32(smuggled) ^ FINGERPRINT_XOR) >>> 0, 4);
    const parsed = request(Buffer.concat([smuggled, fingerprint]));
    expect(hasIntegrity(parsed, PASSWORD)).toBe(true);
    expect(parsed.useCandidate).toBe(false);
  });
});

describe("an answer", () => {
  it.each([
    ["192.0.2.1", "0001a147e112a643"],
    ["2001:db8:1234:5678:11:2233:4455:6677", "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"],
  ])("tells %s as RFC 5769 §2.2 and §2.3 do", (address, mapped) => {
    const answer = writeBindingSuccess(request(), { address, port: 32_853 }, PASSWORD);
    expect(answer.readUInt16BE(0)).toBe(0x0101);
    expect(answer.subarray(8, 20)).toEqual(RFC_5769_REQUEST.subarray(8, 20));
    expect(answer.toString("hex")).toContain(mapped);
  });

  it("to an honest but odd request names what was wrong: 420 and 487", () => {
    const attributes = [
      { type: attribute.username, value: Buffer.from("a:b") },
      { type: 0x7f00, value: Buffer.alloc(1) },
    ];
    const odd = request(writeStun(1, Buffer.alloc(12, 7), attributes, PASSWORD));
    expect(odd.unknownAttributes).toEqual([0x7f00]);
    const unknown = writeUnknownAttributes(odd, PASSWORD);
    expect(unknown.readUInt16BE(0)).toBe(0x0111);
    expect(unknown.toString("hex")).toContain("000a00027f00");
    expect(unknown.toString("hex")).toContain("00000414"); // class 4, number 20
    expect(writeRoleConflict(odd, PASSWORD).toString("hex")).toContain("00000457"); // class 4, number 87
  });
});
