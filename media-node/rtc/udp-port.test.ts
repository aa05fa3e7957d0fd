import type { Socket } from "node:dgram";
import { EventEmitter } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { Gate } from "./gate.ts";
import type { Path } from "./path.ts";
import { UdpPort } from "./udp-port.ts";

it.each([
  undefined,
  "0.0.0.0",
  "127.0.0.1",
])("a socket on %s hears its own probes, and how long they waited", async (host) => {
  const port = await bindPort({ port: 0, host });
  const gate = new Gate((error) => expect.unreachable(String(error)));
  const udp = new UdpPort(port.udp, gate);
  const hears = () => expect(udp.takeReceiveWaitMs(performance.now())).toBeGreaterThan(0);
  // Of itself at first, so that it knows that it can.
  await vi.waitFor(hears);
  udp.probe(performance.now());
  await vi.waitFor(hears);
  expect(gate.drops.total()).toBe(0);
  await udp.close();
  port.udp.close();
  port.tcp.close();
});

/** A network that takes nothing yet. */
class StandingSocket extends EventEmitter {
  waitingBytes = 0;
  address = () => ({ port: 1, address: "192.0.2.1" });
  getSendQueueSize = () => this.waitingBytes;
  getRecvBufferSize = () => 1_000_000;
  setRecvBufferSize() {}
  setSendBufferSize() {}
  send() {}
}

it("a datagram that was held while its path was closed comes from a stranger: what the path had proved was another's", async () => {
  const paths: Path[] = [];
  class TellingGate extends Gate {
    override receive(packet: Buffer, path: Path, nowMs: number): void {
      paths.push(path);
      super.receive(packet, path, nowMs);
    }
  }
  const gate = new TellingGate((error) => expect.unreachable(String(error)));
  const socket = new StandingSocket();
  const udp = new UdpPort(socket as unknown as Socket, gate);
  const check = Buffer.alloc(20);
  const come = () => socket.emit("message", check, { address: "192.0.2.2", port: 2 });

  come();
  const [first] = paths as [Path];
  udp.add(first as Parameters<UdpPort["add"]>[0]);
  first.isProven = true;
  come();
  expect(paths).toEqual([first, first]);

  const place = udp.placeToSeal();
  socket.waitingBytes = 20_000;
  udp.sendSealed(place, 20_000, 2, "192.0.2.2");
  come();
  expect(paths, "the turn has given enough").toHaveLength(2);
  first.close();
  await turn();
  expect(paths).toHaveLength(3);
  expect(paths[2]).not.toBe(first);
  expect(paths[2]?.isProven).toBe(false);
  socket.waitingBytes = 0;
  await udp.close();
});
