/** An address is sent little, and no voice, until somebody has answered there. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { packetKind } from "./packet-kind.ts";
import { forwarded } from "./testing/forwarded.ts";
import { sound, TransportHarness } from "./testing/transport-harness.ts";

let node: TransportHarness;
beforeEach(async () => {
  node = await TransportHarness.open(bindPort);
});
afterEach(() => node.close());

describe("a client", () => {
  it("can't have its voices sent to an address that doesn't answer", async () => {
    const alice = await node.call();
    const victim = createSocket("udp4");
    victim.bind(0, "127.0.0.1");
    await once(victim, "listening");
    const kinds: (string | undefined)[] = [];
    const third = new Promise<void>((resolve) => {
      victim.on("message", (datagram) => {
        if (kinds.push(packetKind(datagram)) === 6) resolve();
      });
    });
    const heardVoices = new Promise<void>((resolve) => {
      let voices = 0;
      alice.client.onVoice = () => ++voices === 3 && resolve();
    });
    for (let n = 1; n <= 3; n++) {
      // Forged: whoever has the password says that they are at the victim's address.
      victim.send(alice.client.check(), node.bound.port, "127.0.0.1");
      await expect.poll(() => kinds.length).toBe(2 * n);
      alice.transport.outlets[0]?.send(forwarded(n, sound));
    }
    await Promise.all([third, heardVoices]);
    // An answer to each check, and a question.
    expect(kinds).toEqual(Array(6).fill("stun"));
    victim.close();
  });

  it.each([
    ["in the handshake", 500],
    ["after it", Number.POSITIVE_INFINITY],
  ])("has little sent to an address that doesn't answer, %s", async (_when, datagramBytesMax) => {
    const alice = await node.call({ answersChecks: false }, false);
    const silent = new Promise<void>((resolve) => {
      // Away in the middle, it leaves the node with a flight to be repeated.
      alice.client.onDatagram = ({ length }) => {
        if (length <= datagramBytesMax) return;
        node.clients.splice(node.clients.indexOf(alice.client), 1);
        alice.client.close();
        resolve();
      };
    });
    await alice.client.accept(alice.transport.answer);
    await Promise.race([silent, alice.client.connected]);
    const victim = createSocket("udp4");
    victim.bind(0, "127.0.0.1");
    await once(victim, "listening");
    let bytes = 0;
    victim.on("message", ({ length }) => {
      bytes += length;
    });
    const forged = alice.client.check();
    victim.send(forged, node.bound.port, "127.0.0.1");
    // By then a flight was repeated five times, a question 20 times.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    victim.close();
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(3 * forged.length);
  });

  it("that never answers a check of ours is sent no voice", async () => {
    const alice = await node.call({ answersChecks: false });
    let voices = 0;
    alice.client.onVoice = () => voices++;
    const heard = alice.heard();
    alice.transport.outlets[0]?.send(forwarded(1, sound));
    alice.client.speak(sound);
    await heard;
    expect([voices, node.transport.packetsOut]).toEqual([0, 0]);
    expect(node.transport.drops.snapshot().voice_without_path).toBe(1);
  });
});
