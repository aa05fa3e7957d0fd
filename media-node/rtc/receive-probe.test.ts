import { describe, expect, it } from "vitest";
import { ReceiveProbe } from "./receive-probe.ts";

/** A probe and the datagrams that wait at its socket. */
function probeAndQueue() {
  const queue: Buffer[] = [];
  return { probe: new ReceiveProbe((datagram) => queue.push(Buffer.from(datagram))), queue };
}

function roundTrip({ probe, queue }: ReturnType<typeof probeAndQueue>, sentMs: number, readMs: number): void {
  probe.probe(sentMs);
  probe.receive(queue.pop() as Buffer, readMs);
}

describe("a socket's probe of itself", () => {
  it("tells the shortest wait of all since the last time, so that a burst is no queue that stands", () => {
    const pair = probeAndQueue();
    for (const [sentMs, readMs] of [
      [0, 9],
      [13, 14.5],
      [26, 33],
    ] as const)
      roundTrip(pair, sentMs, readMs);
    expect(pair.probe.takeLeastMs(100)).toBe(1.5);
    roundTrip(pair, 104, 110);
    expect(pair.probe.takeLeastMs(200)).toBe(6);
  });

  it("tells for how long none has come through a full buffer, however many are sent", () => {
    const pair = probeAndQueue();
    roundTrip(pair, 0, 1);
    pair.probe.takeLeastMs(1);
    const waits = [];
    for (let ms = 13; ms < 600; ms += 13) {
      pair.probe.probe(ms);
      waits.push(pair.probe.takeLeastMs(ms));
    }
    expect(waits.at(-1)).toBeGreaterThan(500);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(pair.queue.length).toBeLessThan(5);
  });

  it("tells nothing while none was sent or none ever returns", () => {
    const { probe } = probeAndQueue();
    expect(probe.takeLeastMs(100)).toBe(0);
    for (let ms = 100; ms < 1_000; ms += 13) probe.probe(ms);
    expect(probe.takeLeastMs(1_000)).toBe(0);
  });

  it("tells nothing any more once none returns at all, and tells again when one does", () => {
    const pair = probeAndQueue();
    roundTrip(pair, 0, 1);
    pair.probe.takeLeastMs(1);
    let waitMs = 0;
    for (let ms = 13; ms < 5_000; ms += 13) {
      pair.probe.probe(ms);
      waitMs = pair.probe.takeLeastMs(ms);
    }
    expect(waitMs).toBe(0);
    pair.probe.receive(pair.queue.pop() as Buffer, 5_010);
    expect(pair.probe.takeLeastMs(5_020)).toBeGreaterThan(0);
  });

  it("doesn't count a pause in which none was sent", () => {
    const pair = probeAndQueue();
    roundTrip(pair, 0, 1);
    pair.probe.takeLeastMs(1);
    pair.probe.probe(20);
    pair.probe.probe(600_000);
    expect(pair.probe.takeLeastMs(600_002)).toBe(2);
  });

  it("tells nothing when the last was lost and no more are sent, since nobody talks", () => {
    const pair = probeAndQueue();
    roundTrip(pair, 0, 1);
    pair.probe.takeLeastMs(1);
    pair.probe.probe(20);
    expect(pair.probe.takeLeastMs(1_000)).toBe(0);
  });

  it("takes nothing that it hasn't sent itself", () => {
    const { probe, queue } = probeAndQueue();
    probe.probe(0);
    const [datagram = Buffer.alloc(0)] = queue;
    const forged = Buffer.from(datagram);
    forged.writeUInt8((forged[5] as number) ^ 1, 5);
    expect(probe.receive(forged, 50)).toBe(false);
    expect(probe.receive(datagram.subarray(1), 50)).toBe(false);
    expect(probe.receive(datagram, 2)).toBe(true);
    expect(probe.takeLeastMs(100)).toBe(2);
  });
});
