import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import type { Worker } from "node:worker_threads";
import { AppError } from "@parley/contract/errors";
import { afterEach, expect, it } from "vitest";
import { bindPort } from "../port/bound-port.ts";
import { createDtlsIdentity } from "../rtc/dtls/dtls-identity.ts";
import { writeTestOffer } from "../rtc/testing/test-offer.ts";
import { WorkerThread } from "./worker-thread.ts";

const offer = writeTestOffer({
  ufrag: "abcd",
  password: randomBytes(16).toString("hex"),
  fingerprint: Array(32).fill("AB").join(":"),
  voices: 2,
});
const spawned: Worker[] = [];
const remember = (worker: Worker) => void spawned.push(worker);
let thread: WorkerThread | undefined;

afterEach(async () => {
  process.off("worker", remember);
  await thread?.close();
  thread = undefined;
});

const bugs: unknown[] = [];
const refused: string[] = [];
/** A worker loads its modules first, on a busy machine for seconds. */
const START_MS_MAX = 60_000;

async function freePort(): Promise<number> {
  const { tcp, udp, port } = await bindPort({ port: 0, host: "127.0.0.1" });
  tcp.close();
  udp.close();
  return port;
}

async function open(port: number) {
  process.on("worker", remember);
  const lost: number[] = [];
  const allLost = Promise.withResolvers<void>();
  thread = await WorkerThread.open(
    { listenHost: "127.0.0.1", identity: await createDtlsIdentity(), voicesPerListener: 8, port },
    {
      onMessage: () => {},
      onLost(stay) {
        lost.push(stay);
        if (lost.length === 2) allLost.resolve();
      },
      onConnected: () => {},
      onBug: (error) => bugs.push(error),
      onConnectionRefused: (reason) => refused.push(reason),
    },
  );
  return { thread, lost, allLost: allLost.promise };
}

it(
  "a worker that dies loses its people, each told once, and another one takes its place",
  async () => {
    const { thread: opened, lost, allLost } = await open(0);
    for (const stay of [7, 8]) expect((await opened.accept(stay, offer, ["127.0.0.1"])).voices).toBe(2);
    expect((await opened.counts()).peers).toBe(2);
    await spawned.at(-1)?.terminate();
    await allLost;
    expect(lost).toEqual([7, 8]);
    await expect.poll(() => opened.isOpen, { timeout: START_MS_MAX }).toBe(true);
    expect((await opened.accept(9, offer, ["127.0.0.1"])).answer).toContain("a=ice-lite");
    expect((await opened.counts()).peers).toBe(1);
  },
  START_MS_MAX,
);

it("what a worker refuses comes back with its code", async () => {
  const { thread: opened } = await open(0);
  const refusal = await opened.accept(1, "v=0\r\n", ["127.0.0.1"]).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AppError);
  expect((refusal as AppError).code).toBe("sdp_without_audio");
});

it("a port that is taken is said at the start, and not tried for ever", async () => {
  const taken = await bindPort({ port: 0, host: "127.0.0.1" });
  const before = spawned.length;
  await expect(open(taken.port)).rejects.toThrow("EADDRINUSE");
  expect(spawned.length).toBe(before + 1);
  taken.tcp.close();
  taken.udp.close();
});

it(
  "a worker that can't be replaced takes nobody, says why each time, and is tried again",
  async () => {
    const port = await freePort();
    const { thread: opened } = await open(port);
    expect(opened.isOpen).toBe(true);
    const worker = spawned.at(-1) as Worker;
    let taker: Server | undefined;
    worker.prependListener("exit", () => {
      taker = createServer().listen(port, "127.0.0.1");
    });
    bugs.splice(0);
    await worker.terminate();
    expect(opened.isOpen).toBe(false);
    await expect.poll(() => String(bugs.at(-1)), { timeout: START_MS_MAX }).toContain("EADDRINUSE");
    for (const attempt of [() => opened.accept(9, offer, ["127.0.0.1"]), () => opened.counts()])
      await expect(attempt()).rejects.toMatchObject({ code: "unavailable" });
    taker?.close();
    await expect.poll(() => opened.isOpen, { timeout: START_MS_MAX }).toBe(true);
    expect((await opened.accept(9, offer, ["127.0.0.1"])).voices).toBe(2);
  },
  START_MS_MAX,
);

it("connections that say nothing don't keep a worker from ending", async () => {
  const port = await freePort();
  const { thread: opened } = await open(port);
  const idle = connect(port, "127.0.0.1");
  await once(idle, "connect");
  // What a worker finds at once it takes in any order: with its second answer it has taken the connection.
  for (const _ of [1, 2]) await opened.counts();
  // `once` would take a reset for a failure; it is an end as well.
  const closed = new Promise((resolve) => idle.once("close", resolve));
  idle.on("error", () => {});
  idle.resume();
  const startedAtMs = performance.now();
  await opened.close();
  await closed;
  expect(performance.now() - startedAtMs).toBeLessThan(1_900);
});

it("a worker's port speaks nothing but framed STUN, and that on its own port alone; others are counted", async () => {
  refused.splice(0);
  const port = await freePort();
  const { thread: opened } = await open(port);
  const ask = async (at: number, bytes: Uint8Array | string) => {
    const stranger = connect(at, "127.0.0.1");
    stranger.on("error", () => {});
    stranger.resume();
    stranger.write(bytes);
    await once(stranger, "close");
  };
  await ask(port, "GET / HTTP/1.1\r\n\r\n");
  await expect.poll(() => refused).toEqual(["tcp_wrong_port"]);
  // No certificate is here.
  await ask(port, Uint8Array.of(0x16, 3, 1));
  await expect.poll(() => refused).toEqual(["tcp_wrong_port", "tcp_unknown"]);
  const nodePort = createServer((socket) => opened.acceptTcp(socket)).listen(0, "127.0.0.1");
  await once(nodePort, "listening");
  await ask((nodePort.address() as AddressInfo).port, Uint8Array.of(0, 20));
  expect(refused).toEqual(["tcp_wrong_port", "tcp_unknown", "tcp_wrong_port"]);
  nodePort.close();
});
