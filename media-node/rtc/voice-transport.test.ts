/** A client joins, is heard and hears, moves and leaves, on real sockets of this machine. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { DtlsServer } from "./dtls/dtls-server.ts";
import { sound, TransportHarness } from "./testing/transport-harness.ts";

let node: TransportHarness;
beforeEach(async () => {
  node = await TransportHarness.open(bindPort);
});
afterEach(() => node.close());

describe("a client", () => {
  it.each([
    ["udp", 0x0007],
    ["udp", 0x0001],
    ["tcp", 0x0007],
  ] as const)("is heard and hears by %s under SRTP profile %i", async (protocol, profile) => {
    const alice = await node.call({ protocol, lies: { srtpProfiles: [profile] } });
    const heard = alice.heard();
    alice.client.speak(sound, 30);
    expect(await heard).toMatchObject({ levelDbov: -30, marker: false, payload: sound });

    const voice = new Promise<Buffer>((resolve) => {
      alice.client.onVoice = (packet) => resolve(Buffer.from(packet));
    });
    const packet = {
      sequenceNumber: 65_535,
      timestamp: 5,
      marker: true,
      csrc: 0xabcdef01,
      atTicks: 0,
      payload: sound,
    };
    alice.transport.outlets[3]?.send(packet);
    const plain = await voice;
    expect(plain.readUInt16BE(2)).toBe(65_535);
    expect(plain.readUInt32BE(12)).toBe(0xabcdef01);
    expect(plain.subarray(16)).toEqual(Buffer.from(sound));
    const ssrcs = [...alice.transport.answer.matchAll(/a=ssrc:(\d+)/g)].map((match) => Number(match[1]));
    expect(plain.readUInt32BE(8)).toBe(ssrcs[3]);
  });

  it.each(["udp", "tcp"] as const)("joins over IPv6, too, by %s", async (protocol) => {
    await node.close();
    node = await TransportHarness.open(bindPort, { host: "::1" });
    const alice = await node.call({ protocol });
    const heard = alice.heard();
    alice.client.speak(sound);
    await heard;
  });

  it("goes on when its source port changes, and only its own check moves it", async () => {
    const alice = await node.call();
    await alice.client.rebind();
    const heard = alice.heard();
    alice.client.send(alice.client.check());
    alice.client.speak(sound);
    await heard;
    let voices = 0;
    alice.client.onVoice = () => void voices++;
    const packet = { timestamp: 1, marker: false, csrc: 7, atTicks: 0, payload: sound };
    let sequenceNumber = 0;
    // Until the client has answered there, its voices go where it was.
    await expect
      .poll(() => {
        alice.transport.outlets[0]?.send({ ...packet, sequenceNumber: ++sequenceNumber });
        return voices;
      })
      .toBeGreaterThan(0);
  });

  it("is offered as many voices as it can receive, at most the node's own", async () => {
    for (const [offered, used] of [
      [2, 2],
      [20, 8],
    ] as const) {
      const { transport: media } = await node.call({ voices: offered }, false);
      expect(media.outlets).toHaveLength(used);
      expect(media.answer.match(/^a=sendonly/gm)).toHaveLength(used);
    }
  });

  it("hears a goodbye when the node closes", async () => {
    const alice = await node.call();
    alice.transport.close();
    await alice.client.ended;
    expect([node.transport.peers, node.transport.endings.left]).toEqual([0, 1]);
  });
});

it("keys that made others are wiped: what is left is what the SRTP session has, and wipes", async () => {
  const exported = vi.spyOn(DtlsServer.prototype, "keys", "get");
  const { client, heard } = await node.call();
  const next = heard();
  client.speak(sound);
  await next;
  const keys = exported.mock.results.map(({ value }) => value).find(Boolean);
  const secrets = [keys.localKey, keys.localSalt, keys.remoteKey, keys.remoteSalt];
  expect(secrets.map((secret: Buffer) => secret.some((byte) => byte !== 0))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  exported.mockRestore();
});
