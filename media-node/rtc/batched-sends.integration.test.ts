/** A socket as `npm start` has it, whose datagrams wait for the end of the turn. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type BoundPort, bindPort } from "../port/bound-port.ts";
import { Gate } from "./gate.ts";
import { kernelBytes } from "./srtp/srtp-kernel.ts";
import { UdpPort } from "./udp-port.ts";

/** As many as a small receive buffer holds. */
const PACKETS = 100;
const PACKET_BYTES = 150;

let from: BoundPort;
let to: BoundPort;
let udp: UdpPort;
let arrived: Buffer[];

beforeEach(async () => {
  from = await bindPort({ port: 0, host: "127.0.0.1" });
  to = await bindPort({ port: 0, host: "127.0.0.1" });
  udp = new UdpPort(from.udp, new Gate((error) => expect.unreachable(String(error))));
  arrived = [];
  to.udp.on("message", (packet) => arrived.push(packet));
});
afterEach(() => {
  for (const { tcp } of [from, to]) tcp.close();
  to.udp.close();
});

/** Each is full of a byte of its own. */
function sendSealed(): void {
  for (let n = 0; n < PACKETS; n++) {
    const place = udp.placeToSeal();
    kernelBytes.fill(n & 0xff, place, place + PACKET_BYTES);
    udp.sendSealed(place, PACKET_BYTES, to.port, "127.0.0.1");
  }
}

it("queues what a turn sends, also in a worker", async () => {
  sendSealed();
  expect(from.udp.getSendQueueCount()).toBeGreaterThanOrEqual(PACKETS);
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const lookup = (address, _, found) => found(null, address, 4);
     const socket = require("node:dgram").createSocket({ type: "udp4", lookup });
     socket.bind(0, "127.0.0.1", () => {
       for (let n = 0; n < 2; n++) socket.send("hello", socket.address().port, "127.0.0.1");
       parentPort.postMessage(socket.getSendQueueCount());
       socket.close();
     });`,
    { eval: true },
  );
  expect(await once(worker, "message")).toEqual([2]);
  await udp.close();
  from.udp.close();
});

it("has sent all of it, as it was sealed, when it is closed", async () => {
  sendSealed();
  await udp.close();
  expect(from.udp.getSendQueueCount()).toBe(0);
  from.udp.close();
  await vi.waitFor(() => expect(arrived.length).toBe(PACKETS));
  for (const [n, packet] of arrived.entries())
    expect(packet.equals(Buffer.alloc(PACKET_BYTES, n & 0xff))).toBe(true);
});

it("is closed, too, where the socket is closed before it has sent", async () => {
  sendSealed();
  const closed = udp.close();
  from.udp.close();
  await closed;
});

it("learns how long datagrams wait while its turns are full", async () => {
  await vi.waitFor(() => expect(udp.takeReceiveWaitMs(performance.now())).toBeGreaterThan(0));
  for (let n = 0; n < 3; n++) sendSealed();
  udp.probe(performance.now());
  await vi.waitFor(() => expect(udp.takeReceiveWaitMs(performance.now())).toBeGreaterThan(0));
  await udp.close();
  from.udp.close();
});
