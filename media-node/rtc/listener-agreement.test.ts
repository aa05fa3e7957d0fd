/** What goes out to a listener is what its offer agreed to. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { packetKind } from "./packet-kind.ts";
import type { ScriptedClient } from "./testing/scripted-client.ts";
import { TransportHarness } from "./testing/transport-harness.ts";

let node: TransportHarness;
beforeEach(async () => {
  node = await TransportHarness.open(bindPort);
});
afterEach(() => node.close());

describe("what a listener agreed", () => {
  const outgoing = { sequenceNumber: 7, timestamp: 960, marker: false, csrc: 1, atTicks: 0 };
  const next = (client: ScriptedClient) =>
    new Promise<Buffer>((resolve) => {
      client.onVoice = (packet) => resolve(Buffer.from(packet));
    });

  it("RED passes to who has it, and to others its newest frame alone", async () => {
    const talker = await node.call({ red: true });
    const withRed = await node.call({ red: true });
    const without = await node.call();
    const payload = Buffer.from([0x80 | 111, 0, 0, 2, 111, 1, 1, 9, 9, 9]);
    const heard = talker.heard();
    const red = talker.client.rtp(payload);
    red[1] = 63;
    talker.client.send(talker.client.sealRtp(red));
    const packet = await heard;
    expect(packet.redOf).toBe(111);
    const both = [next(withRed.client), next(without.client)];
    for (const { transport } of [withRed, without])
      transport.outlets[0]?.send({ ...outgoing, payload: packet.payload, redOf: packet.redOf });
    const [passed, newest] = await Promise.all(both);
    expect([passed?.[1], passed?.subarray(16)]).toEqual([63, payload]);
    expect([newest?.[1], newest?.subarray(16)]).toEqual([111, Buffer.from([9, 9, 9])]);
  });

  it("a missed packet is sent again, byte for byte, and only where that was agreed", async () => {
    for (const nack of [true, false]) {
      const { client, transport } = await node.call({ nack });
      const voice: Buffer[] = [];
      let arrived = Promise.withResolvers<void>();
      client.onDatagram = (datagram) => {
        if (packetKind(datagram) !== "rtp") return;
        voice.push(Buffer.from(datagram));
        arrived.resolve();
      };
      transport.outlets[0]?.send({ ...outgoing, payload: Buffer.from("first") });
      await arrived.promise;
      arrived = Promise.withResolvers();
      const request = Buffer.from("81cd0003000000010000000000070000", "hex");
      request.writeUInt32BE(voice[0]?.readUInt32BE(8) ?? 0, 8);
      client.send(client.sealRtcp(request));
      if (!nack)
        transport.outlets[0]?.send({ ...outgoing, sequenceNumber: 8, payload: Buffer.from("second") });
      await arrived.promise;
      if (nack) expect(voice[1]).toEqual(voice[0]);
      else expect(voice[1]?.readUInt16BE(2)).toBe(8);
    }
  });

  it("is sent again, however many reports are forged from the listener's address", async () => {
    const { client, transport: media } = await node.call({ nack: true });
    const voice: Buffer[] = [];
    client.onDatagram = (datagram) => {
      if (packetKind(datagram) === "rtp") voice.push(Buffer.from(datagram));
    };
    media.outlets[0]?.send({ ...outgoing, payload: Buffer.from("first") });
    await expect.poll(() => voice.length).toBe(1);
    const request = Buffer.from("81cd0003000000010000000000070000", "hex");
    request.writeUInt32BE(voice[0]?.readUInt32BE(8) ?? 0, 8);
    const sealed = client.sealRtcp(request);
    const forged = Buffer.from(sealed);
    forged[10] = (forged[10] as number) ^ 1;
    for (let n = 0; n < 200; n++) client.send(forged);
    client.send(sealed);
    await expect.poll(() => voice.length).toBe(2);
    expect(node.transport.drops.snapshot()).toMatchObject({ srtp_unauthentic: 200, rate_limited: 0 });
  });

  it("each voice that was heard is reported: how much was sent, and when in wall time", async () => {
    await node.close();
    node = await TransportHarness.open(bindPort, { reportIntervalMs: 100 });
    const { client, transport } = await node.call();
    const reported = new Promise<Buffer>((resolve) => {
      client.onDatagram = (datagram) => {
        if (packetKind(datagram) !== "rtcp") return;
        const plain = Buffer.alloc(1_500);
        resolve(plain.subarray(0, client.srtp.openRtcp(datagram, plain)));
      };
    });
    transport.outlets[3]?.send({ ...outgoing, payload: Buffer.from("twelve bytes") });
    const report = await reported;
    expect([report[1], report.readUInt32BE(20), report.readUInt32BE(24)]).toEqual([200, 1, 12]);
    const ageMs = Date.now() - (report.readUInt32BE(8) - 2_208_988_800) * 1_000;
    expect(ageMs).toBeLessThan(5_000);
    expect((report.readUInt32BE(16) - 960) / 48).toBeLessThan(5_000);
  });

  it("each listener is told what went to them, and not what went to others", async () => {
    await node.close();
    node = await TransportHarness.open(bindPort, { reportIntervalMs: 100 });
    const calls = [await node.call(), await node.call()];
    const reports = calls.map(({ client }) => {
      return new Promise<number>((resolve) => {
        client.onDatagram = (datagram) => {
          if (packetKind(datagram) !== "rtcp") return;
          const plain = Buffer.alloc(1_500);
          client.srtp.openRtcp(datagram, plain);
          resolve(plain.readUInt32BE(20));
        };
      });
    });
    for (const [index, { transport }] of calls.entries())
      for (let n = 0; n <= index; n++)
        transport.outlets[0]?.send({ ...outgoing, sequenceNumber: n, payload: Buffer.from("said") });
    expect(await Promise.all(reports)).toEqual([1, 2]);
  });
});
