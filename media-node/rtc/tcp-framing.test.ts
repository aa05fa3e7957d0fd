import { expect, it } from "vitest";
import { FrameReader, writeFrame } from "./tcp-framing.ts";

const packets = [Buffer.from("one"), Buffer.alloc(0), Buffer.alloc(1_500, 7), Buffer.from("four")];
const stream = Buffer.concat(packets.map(writeFrame));

it("gives the same packets however the stream is cut", () => {
  for (const pieceBytes of [1, 2, 3, 7, 100, 1_501, stream.length]) {
    const reader = new FrameReader();
    const read: Buffer[] = [];
    for (let at = 0; at < stream.length; at += pieceBytes)
      read.push(...(reader.read(stream.subarray(at, at + pieceBytes)) ?? []));
    expect(read, `pieces of ${pieceBytes}`).toEqual(packets);
  }
});

it("gives up on a frame longer than may be, before it has arrived", () => {
  expect(new FrameReader().read(Buffer.from([0xff, 0xff]))).toBeUndefined();
});
