/** A bug costs the one whose packets brought it about, and nobody else. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { packetKind } from "./packet-kind.ts";
import { forwarded } from "./testing/forwarded.ts";
import { ScriptedClient } from "./testing/scripted-client.ts";
import { sound, TransportHarness } from "./testing/transport-harness.ts";

let node: TransportHarness;
beforeEach(async () => {
  node = await TransportHarness.open(bindPort);
});
afterEach(() => node.close());

it("a bug that one client's packets bring about is told once, and costs nobody else a packet", async () => {
  const alice = await node.call();
  const bug = new Error("a room that can't");
  const bob = new ScriptedClient({ identity: node.identity });
  node.clients.push(bob);
  const { answer } = await node.transport.accept(bob.offer, [node.host], {
    onPacket() {
      throw bug;
    },
    onLost: () => {},
  });
  await bob.accept(answer);
  await bob.connected;
  const heard = alice.heard();
  for (let n = 0; n < 10; n++) bob.speak(sound);
  alice.client.speak(sound);
  await heard;
  await expect.poll(() => node.transport.drops.snapshot().internal_error).toBe(10);
  expect(node.bugs.splice(0)).toEqual([bug]);
});

it("a bug that a timer meets ends the one whose packets it concerns, and nobody else", async () => {
  await node.close();
  node = await TransportHarness.open(bindPort, { reportIntervalMs: 100 });
  const [alice, bob] = [await node.call(), await node.call()];
  const bug = new Error("a socket that can't");
  const send = node.bound.udp.send.bind(node.bound.udp) as (...datagram: unknown[]) => void;
  Object.assign(node.bound.udp, {
    send(packet: Uint8Array, ...rest: unknown[]) {
      // Voice comes with offset and length; a report is a buffer of its own.
      const [port] = rest;
      if (port === alice.client.localPort && packetKind(Buffer.from(packet)) === "rtcp") throw bug;
      send(packet, ...rest);
    },
  });
  const reported = new Promise<void>((resolve) => {
    bob.client.onDatagram = (datagram) => packetKind(datagram) === "rtcp" && resolve();
  });
  for (const { transport: media } of [alice, bob]) media.outlets[0]?.send(forwarded(1, sound));
  await Promise.all([alice.lost, reported]);
  expect(node.bugs.splice(0)).toEqual([bug]);
  expect(node.transport.peers).toBe(1);
});

it("a good check from port 0, where nobody can be answered, leaves nothing behind", async () => {
  const alice = await node.call({}, false);
  await alice.client.accept(alice.transport.answer);
  await alice.client.connected;
  node.bound.udp.emit("message", alice.client.check(), {
    address: "192.0.2.1",
    port: 0,
    family: "IPv4",
    size: 1,
  });
  expect(node.bugs.splice(0)).toEqual([]);
  expect(node.transport.drops.snapshot().source_unknown).toBe(1);
});
