import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { DropCounters } from "../drop-counters.ts";
import { parseOffer } from "../offer.ts";
import { writeTestOffer } from "../testing/test-offer.ts";
import { RtpReceiver, receivedPacket } from "./rtp-receiver.ts";

const SSRC = 7;

it("one client's odd headers cost nobody else an allocation", () => {
  const offer = writeTestOffer({
    ufrag: "abcd",
    password: randomBytes(16).toString("hex"),
    fingerprint: Array(32).fill("AB").join(":"),
    ssrc: SSRC,
    voices: 1,
  });
  let payload: Uint8Array | undefined;
  const receiver = new RtpReceiver(parseOffer(offer), new DropCounters(), (packet) => {
    payload = packet.payload;
  });
  /** A packet with so many words of extension, as it lies in the kernel. */
  const receive = (words: number, bytes: number) => {
    receivedPacket.fill(0);
    receivedPacket.write("906f", "hex");
    receivedPacket.writeUInt32BE(SSRC, 8);
    receivedPacket.writeUInt16BE(words, 14);
    const headerBytes = receiver.admit(receivedPacket.subarray(0, bytes));
    receiver.receive(receivedPacket, headerBytes, bytes);
    return payload;
  };
  for (let words = 0; words < 300; words++)
    for (let extra = 1; extra < 60; extra++) receive(words, 16 + words * 4 + extra);
  // A length that came never before: the first makes a view of it, all others take that.
  expect(receive(1, 620)).toBe(receive(1, 620));
});
