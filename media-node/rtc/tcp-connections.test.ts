/** A TCP connection to the transport: of a client, and of somebody who is none. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { writeFrame } from "./tcp-framing.ts";
import { sound, TransportHarness } from "./testing/transport-harness.ts";

let node: TransportHarness;
beforeEach(async () => {
  node = await TransportHarness.open(bindPort);
});
afterEach(() => node.close());

describe("a TCP connection", () => {
  it("of a client that goes is forgotten", async () => {
    const alice = await node.call({ protocol: "tcp" });
    const [server] = await Promise.all([once(node.bound.tcp, "connection"), node.call({ protocol: "tcp" })]);
    const [socket] = server;
    const closed = once(socket, "close");
    node.clients.at(-1)?.close();
    await closed;
    const heard = alice.heard();
    alice.client.speak(sound);
    await heard;
  });

  it.each([
    ["whose first frame can't be a check", 1, Buffer.from([1]), "frame_malformed"],
    ["of more frames than checks before a good one", 17, Buffer.alloc(20), "frame_flood"],
  ] as const)("%s is closed and counted", async (_name, count, packet, reason) => {
    const connection = once(node.bound.tcp, "connection");
    const stranger = connect(node.bound.port, "127.0.0.1");
    const [socket] = await connection;
    const closed = once(socket, "close");
    stranger.write(Buffer.concat(Array.from({ length: count }, () => writeFrame(packet))));
    await closed;
    expect(node.transport.drops.snapshot()[reason]).toBe(1);
  });

  it("louder than any voice is closed, though it is a client's", async () => {
    const connection = once(node.bound.tcp, "connection");
    const alice = await node.call({ protocol: "tcp" });
    const [socket] = await connection;
    const closed = once(socket, "close");
    for (let n = 0; n < 5_000; n++) alice.client.send(Buffer.from([0x80, 111]));
    await closed;
    expect(node.transport.drops.snapshot().frame_flood).toBe(1);
  });

  it("with a frame longer than may be is closed and counted", async () => {
    const connection = once(node.bound.tcp, "connection");
    const alice = await node.call({ protocol: "tcp" });
    const [socket] = await connection;
    const closed = once(socket, "close");
    alice.client.send(Buffer.alloc(3_000));
    await closed;
    expect(node.transport.drops.snapshot().frame_malformed).toBe(1);
  });
});
