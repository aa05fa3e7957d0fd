import { expect, it, vi } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { Gate } from "./gate.ts";
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
