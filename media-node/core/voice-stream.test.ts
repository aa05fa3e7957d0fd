import { describe, expect, it } from "vitest";
import type { MediaPacket } from "./media-packet.ts";
import { isNewer } from "./sequence.ts";
import { seededRandom } from "./testing/random.ts";
import { VoiceStream } from "./voice-stream.ts";

const packet = (sequenceNumber: number, timestamp: number) => ({
  sequenceNumber,
  timestamp,
  marker: false,
  levelDbov: undefined,
  payload: new Uint8Array(20),
});

function map(stream: VoiceStream, spurt: number, source: MediaPacket, nowMs: number) {
  if (!stream.map(spurt, source, nowMs)) return undefined;
  const { sequenceNumber, timestamp, marker } = stream;
  return { sequenceNumber, timestamp, marker };
}

describe("a voice's stream", () => {
  it("goes on without a gap when another talker takes over", () => {
    const stream = new VoiceStream(65_534, 5);
    expect(map(stream, 1, packet(100, 1_000), 0)?.sequenceNumber).toBe(65_535);
    expect(map(stream, 1, packet(101, 1_960), 20)?.sequenceNumber).toBe(0);
    const other = map(stream, 2, packet(40_000, 7), 40);
    expect(other).toMatchObject({ sequenceNumber: 1, marker: true });
  });

  it("keeps a loss inside a spurt as a gap and a reordering as one", () => {
    const stream = new VoiceStream(9, 0);
    const numbers = [10, 13, 12].map((n) => map(stream, 1, packet(n, n * 960), n)?.sequenceNumber);
    expect(numbers).toEqual([10, 13, 12]);
  });

  it("drops a straggler from before the spurt instead of overwriting the talker before", () => {
    const stream = new VoiceStream(0, 0);
    map(stream, 1, packet(50, 0), 0);
    map(stream, 2, packet(500, 0), 20);
    expect(map(stream, 2, packet(499, -960), 21)).toBeUndefined();
  });

  it("after a pause numbers earlier packets behind the one that came first, at their own time", () => {
    const stream = new VoiceStream(0, 0);
    map(stream, 1, packet(50, 0), 0);
    const came = [500, 501, 499, 502, 498, 504, 497, 503].map((n) =>
      map(stream, 2, packet(n, n * 960), 1_000 + n),
    );
    // Behind the gap of 503 none is safe: its number is still to come.
    expect(came.map((mapped) => mapped?.sequenceNumber)).toEqual([2, 3, 4, 5, 6, 8, undefined, 7]);
    const first = came[0]?.timestamp ?? Number.NaN;
    expect(came.map((mapped) => mapped && (mapped.timestamp - first) / 960)).toEqual([
      ...[0, 1, -1, 2, -2, 4],
      undefined,
      3,
    ]);
  });

  it("gives an earlier packet no place that overlaps what was sent before the pause", () => {
    const stream = new VoiceStream(0, 0);
    map(stream, 1, packet(50, 0), 0);
    map(stream, 2, packet(501, 0), 30);
    // 30 ms after the first there is room for the 10 ms after it, and not for a frame of 20.
    expect(map(stream, 2, packet(500, -960), 31)).toBeUndefined();
  });

  it.each([2, 13 * 3_600])("advances the timestamp by real time across a pause of %d s", (seconds) => {
    const stream = new VoiceStream(0, 0);
    const before = map(stream, 1, packet(1, 10_000), 1_000)?.timestamp ?? Number.NaN;
    const laterMs = 1_000 + seconds * 1_000;
    const after = map(stream, 2, packet(900, 99_999), laterMs)?.timestamp ?? Number.NaN;
    expect((after - before) >>> 0).toBe(seconds * 48_000);
  });

  it("stays with real time, to a frame, however often somebody takes over in a hurry", () => {
    const stream = new VoiceStream(0, 0);
    const started = map(stream, 0, packet(0, 0), -1_000)?.timestamp ?? Number.NaN;
    const ahead: number[] = [];
    for (let spurt = 1; spurt <= 2_000; spurt++) {
      // Two spurts of three packets in 130 ms, the second of them 7 ms after the first.
      const atMs = Math.floor(spurt / 2) * 130 + (spurt % 2) * 47;
      for (const n of [0, 1, 2]) {
        const mapped = map(stream, spurt, packet(spurt * 100 + n, n * 960), atMs + n * 20);
        ahead.push((((mapped?.timestamp ?? Number.NaN) - started) >>> 0) / 48 - (1_000 + atMs + n * 20));
      }
    }
    expect(Math.min(...ahead)).toBe(0);
    expect(Math.max(...ahead)).toBe(13);
  });

  it("takes a frame back at most: what comes late makes players wait for all that follows", () => {
    const stream = new VoiceStream(0, 0);
    let last = map(stream, 0, packet(0, 0), 0)?.timestamp ?? Number.NaN;
    const leaps = [];
    for (const [index, atMs] of [7, 14, 21, 1_000, 2_000].entries()) {
      const { timestamp = Number.NaN } = map(stream, 1 + index, packet(0, 0), atMs) ?? {};
      leaps.push((timestamp - last) / 48);
      last = timestamp;
    }
    expect(leaps).toEqual([20, 20, 20, 979 - 20, 1_000]);
  });

  it("is contiguous over 10,000 random switches with wrap-arounds", () => {
    const seed = 20_261_124;
    const random = seededRandom(seed);
    const stream = new VoiceStream(65_000, 0xffff0000);
    let last: number | undefined;
    let nowMs = 0;
    let switches = 0;
    for (let spurt = 1; switches < 10_000; spurt++, switches++) {
      let sequence = Math.floor(random() * 65_536);
      let timestamp = Math.floor(random() * 2 ** 32);
      const length = 1 + Math.floor(random() * 20);
      for (let index = 0; index < length; index++) {
        const mapped = map(stream, spurt, packet(sequence, timestamp), nowMs);
        if (last !== undefined) expect(mapped?.sequenceNumber, `seed ${seed}`).toBe((last + 1) & 0xffff);
        last = mapped?.sequenceNumber;
        sequence = (sequence + 1) & 0xffff;
        timestamp = (timestamp + 960) % 2 ** 32;
        nowMs += 20;
      }
    }
  });

  it("accepts a spurt far longer than the 16-bit circle", () => {
    const stream = new VoiceStream(0, 0);
    let last = map(stream, 1, packet(0, 0), 0)?.sequenceNumber ?? 0;
    for (let n = 1; n < 200_000; n++) {
      const mapped = map(stream, 1, packet(n & 0xffff, n * 960), n * 20);
      if (mapped === undefined || !isNewer(mapped.sequenceNumber, last)) throw new Error(`packet ${n} lost`);
      last = mapped.sequenceNumber;
    }
  });
});
