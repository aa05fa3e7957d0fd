/** What is too much: a second stream, more packets than a client needs, more than a socket sends. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { BURST_BYTES_MAX } from "./send-queue.ts";
import { forwarded } from "./testing/forwarded.ts";
import { sound, TransportHarness } from "./testing/transport-harness.ts";

let node: TransportHarness;
beforeEach(async () => {
  node = await TransportHarness.open(bindPort);
});
afterEach(() => node.close());

describe("one SSRC each", () => {
  it("another one than announced is dropped before it is opened", async () => {
    const alice = await node.call();
    const foreign = alice.client.rtp(sound);
    foreign.writeUInt32BE((alice.client.ssrc ^ 1) >>> 0, 8);
    alice.client.send(alice.client.sealRtp(foreign));
    const heard = alice.heard();
    alice.client.speak(sound);
    await heard;
    expect(alice.packets).toHaveLength(1);
    expect(node.transport.drops.snapshot().rtp_foreign_ssrc).toBe(1);
  });

  it("where none was announced the first authentic one is the stream", async () => {
    const alice = await node.call({ announcesSsrc: false });
    const heard = alice.heard();
    alice.client.speak(sound);
    await heard;
    const foreign = alice.client.rtp(sound);
    foreign.writeUInt32BE((alice.client.ssrc ^ 1) >>> 0, 8);
    alice.client.send(alice.client.sealRtp(foreign));
    const again = alice.heard();
    alice.client.speak(sound);
    await again;
    expect(node.transport.drops.snapshot().rtp_foreign_ssrc).toBe(1);
  });
});

describe("one client's packets are bounded", () => {
  const rateLimited = () => node.transport.drops.snapshot().rate_limited;

  it("reports at 100 a second, handshake records at 50 once there is nothing left to shake", async () => {
    const alice = await node.call();
    const report = Buffer.from("81c90001000000010", "hex");
    for (let n = 0; n < 1_000; n++) alice.client.send(alice.client.sealRtcp(report));
    await expect.poll(rateLimited).toBeGreaterThan(150);
    const before = rateLimited();
    const forged = Buffer.concat([Buffer.from("16fefd00010000000000ff001e", "hex"), Buffer.alloc(30)]);
    for (let n = 0; n < 1_000; n++) alice.client.send(forged);
    await expect.poll(() => rateLimited() - before).toBeGreaterThan(200);
    expect(node.transport.drops.snapshot().dtls_bad_tag).toBeLessThan(100);
  });
});

const PAYLOAD_BYTES = 100;
/** With header, one CSRC and a tag of GCM's. */
const SEALED_BYTES = 16 + PAYLOAD_BYTES + 16;
const said = (n: number) => Buffer.alloc(PAYLOAD_BYTES, `packet ${n} `);

describe("a socket that is slow to send", () => {
  it("keeps what waits as it was sealed, drops what is too much, and goes on", async () => {
    const { client, transport: media } = await node.call();
    const byTcp = await node.call({ protocol: "tcp" });
    const unconnected = await node.call({}, false);
    // The network is what is faked: datagrams wait here as they would for a full socket.
    const { udp } = node.bound;
    const send = udp.send.bind(udp) as (packet: Uint8Array, port: number, address: string) => void;
    const waiting: { packet: Uint8Array; to: [number, string] }[] = [];
    let waitingBytes = 0;
    Object.assign(udp, {
      getSendQueueSize: () => waitingBytes,
      send: (bytes: Uint8Array, start: number, length: number, ...to: [number, string]) => {
        waiting.push({ packet: bytes.subarray(start, start + length), to });
        waitingBytes += length;
      },
    });
    const fitting = Math.ceil(BURST_BYTES_MAX / SEALED_BYTES);
    const count = fitting + 100;
    let byTcpHeard = 0;
    const tcpHeard = Promise.withResolvers<void>();
    byTcp.client.onVoice = () => {
      if (++byTcpHeard === count) tcpHeard.resolve();
    };
    const packetOf = (n: number) => forwarded(n, said(n));
    for (let n = 0; n < count; n++) {
      // What doesn't go to the slow socket takes no place there, and isn't held up by it.
      for (const { transport: other } of [byTcp, unconnected]) other.outlets[0]?.send(packetOf(n));
      // One that is too old to be sealed, either.
      if (n >= 100) media.outlets[0]?.send(packetOf(n - 100));
      media.outlets[0]?.send(packetOf(n));
    }
    expect(waiting.length).toBe(fitting);
    node.transport.takeStandingShare();
    expect(node.transport.takeStandingShare()).toBeGreaterThanOrEqual(1);
    expect(node.transport.drops.snapshot()).toMatchObject({
      send_queue_full: 2 * (count - fitting),
      srtp_late: fitting - 100,
    });
    await tcpHeard.promise;
    const heard: string[] = [];
    const all = Promise.withResolvers<void>();
    client.onVoice = (packet) => {
      heard.push(packet.subarray(16).toString());
      if (heard.length === fitting + 1) all.resolve();
    };
    Object.assign(udp, { getSendQueueSize: () => 0, send });
    for (const { packet, to } of waiting) {
      send(packet, ...to);
      // In step with the client, whose own buffer is not what is tested.
      await new Promise((resolve) => setImmediate(resolve));
    }
    media.outlets[0]?.send(forwarded(count, Buffer.from("after")));
    await all.promise;
    const sent = Array.from({ length: fitting }, (_, n) => said(n).toString());
    expect(heard).toEqual([...sent, "after"]);
  });
});

it("a way that the kernel has no route for any more isn't sent to; a check by it makes it known again", async () => {
  const { client, transport: media } = await node.call();
  const { udp } = node.bound;
  const send = udp.send.bind(udp) as (...datagram: unknown[]) => void;
  let isGone = true;
  let sent = 0;
  Object.assign(udp, {
    send: (...datagram: unknown[]) => {
      const onSent = datagram.at(-1);
      if (!isGone) return send(...datagram);
      sent++;
      if (typeof onSent === "function") onSent(Object.assign(new Error("no route"), { code: "ENETUNREACH" }));
    },
  });
  const say = (n: number) => media.outlets[0]?.send(forwarded(n, said(n)));
  for (let n = 0; n < 200; n++) say(n);
  expect(sent).toBe(1);
  isGone = false;
  let heard = 0;
  client.onVoice = () => heard++;
  client.send(client.check());
  let number = 200;
  const heardAfterNext = () => {
    say(number++);
    return heard;
  };
  await expect.poll(heardAfterNext, { timeout: 5_000 }).toBeGreaterThan(0);
});
