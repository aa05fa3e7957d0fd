import { expect, it } from "vitest";
import { FrameReader, writeFrame } from "./tcp-framing.ts";

const packets = [Buffer.from("one"), Buffer.alloc(1), Buffer.alloc(1_500, 7), Buffer.from("four")];
const stream = Buffer.concat(packets.map(writeFrame));

it("gives the same packets however the stream is cut", () => {
  for (const pieceBytes of [1, 2, 3, 7, 100, 1_501, stream.length]) {
    const reader = new FrameReader();
    const read: Buffer[] = [];
    for (let at = 0; at < stream.length; at += pieceBytes)
      reader.read(stream.subarray(at, at + pieceBytes), (packet) => read.push(packet) > 0);
    expect(read, `pieces of ${pieceBytes}`).toEqual(packets);
  }
});

it("gives up on a frame longer than may be, before it has arrived, and on one of nothing", () => {
  const never = () => expect.fail("there is no packet");
  expect(new FrameReader().read(Buffer.from([0xff, 0xff]), never)).toBe(false);
  expect(new FrameReader().read(Buffer.alloc(64 * 1024), never)).toBe(false);
});

it("looks at nothing further once its reader has had enough", () => {
  const read: Buffer[] = [];
  expect(new FrameReader().read(stream, (packet) => read.push(packet) < 2)).toBe(true);
  expect(read).toEqual(packets.slice(0, 2));
});
