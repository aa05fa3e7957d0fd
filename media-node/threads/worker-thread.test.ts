import { randomBytes } from "node:crypto";
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

async function open(port: number) {
  process.on("worker", remember);
  const lost: number[] = [];
  const allLost = Promise.withResolvers<void>();
  thread = await WorkerThread.open(
    { listenHost: "127.0.0.1", identity: await createDtlsIdentity(), port },
    {
      onMessage: () => {},
      onLost(stay) {
        lost.push(stay);
        if (lost.length === 2) allLost.resolve();
      },
      onConnected: () => {},
      onBug: () => {},
    },
  );
  return { thread, lost, allLost: allLost.promise };
}

it("a worker that dies loses its people, each told once, and another one takes its place", async () => {
  const { thread: opened, lost, allLost } = await open(0);
  for (const stay of [7, 8]) expect((await opened.accept(stay, offer, ["127.0.0.1"])).voices).toBe(2);
  expect((await opened.counts()).peers).toBe(2);
  await spawned.at(-1)?.terminate();
  await allLost;
  expect(lost).toEqual([7, 8]);
  expect((await opened.accept(9, offer, ["127.0.0.1"])).answer).toContain("a=ice-lite");
  expect((await opened.counts()).peers).toBe(1);
});

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
