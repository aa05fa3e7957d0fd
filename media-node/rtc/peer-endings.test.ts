/** When a client is let go, and that nothing of it stays. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { createDtlsIdentity } from "./dtls/dtls-identity.ts";
import { sound, TransportHarness } from "./testing/transport-harness.ts";

let node: TransportHarness;
beforeEach(async () => {
  node = await TransportHarness.open(bindPort);
});
afterEach(() => node.close());

describe("a client", () => {
  it("whose packets never come is let go, and nothing of it stays", async () => {
    await node.close();
    node = await TransportHarness.open(bindPort, { connectMsMax: 50 });
    const { lost } = await node.call({}, false);
    expect(node.transport.peers).toBe(1);
    await lost;
    expect([node.transport.peers, node.transport.endings.connect_timeout]).toEqual([0, 1]);
  });

  it("that no longer checks is let go; voice alone doesn't keep it", async () => {
    await node.close();
    node = await TransportHarness.open(bindPort, { consentMsMax: 300 });
    // Its checks come every 2.5 s.
    const { client, lost } = await node.call();
    const talk = setInterval(() => client.speak(sound), 20);
    client.send(client.check());
    const startedAtMs = performance.now();
    await lost;
    clearInterval(talk);
    expect(performance.now() - startedAtMs).toBeGreaterThan(250);
    expect([node.transport.peers, node.transport.endings.consent_lost]).toEqual([0, 1]);
  });

  it("whose certificate isn't the offer's is let go at once", async () => {
    const other = await createDtlsIdentity();
    const alice = await node.call({ fingerprint: other.fingerprint }, false);
    await alice.client.accept(alice.transport.answer);
    await expect(alice.client.connected).rejects.toThrow("alert 42");
    await alice.lost;
    expect([node.transport.peers, node.transport.endings.fingerprint_mismatch]).toEqual([0, 1]);
  });
});

it("a peer that has ended leaves no timer, however it ended", async () => {
  await node.close();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    node = await TransportHarness.open(bindPort);
    const before = vi.getTimerCount();
    const { transport: left } = await node.call({}, false);
    expect(vi.getTimerCount()).toBe(before + 1);
    left.close();
    expect(vi.getTimerCount()).toBe(before);
    const failing = await node.call({ fingerprint: (await createDtlsIdentity()).fingerprint }, false);
    await failing.client.accept(failing.transport.answer);
    await failing.lost;
    expect(vi.getTimerCount()).toBe(before);
    await node.call({}, false);
    await node.transport.close();
    expect(vi.getTimerCount()).toBe(before);
  } finally {
    vi.useRealTimers();
  }
});
