import { expect, it } from "vitest";
import { Loudness } from "./loudness.ts";

const FRAME_MS = 20;

/** After so many packets of one size without a level. */
function after(payloadBytes: number, packets: number) {
  const loudness = new Loudness();
  let nowMs = 0;
  for (let n = 0; n < packets; n++, nowMs += FRAME_MS) loudness.hear(undefined, payloadBytes, nowMs);
  return { speaks: loudness.isSpeaking(nowMs), rankDbov: loudness.rankDbov(nowMs), loudness, nowMs };
}

it("who sends no level speaks while packets are as large as speech, and not with those of Opus' DTX", () => {
  expect(after(80, 1).speaks).toBe(true);
  expect(after(3, 50).speaks).toBe(false);
  const { loudness, nowMs } = after(80, 10);
  for (let n = 0; n < 20; n++) loudness.hear(undefined, 3, nowMs + n * FRAME_MS);
  expect(loudness.isSpeaking(nowMs + 20 * FRAME_MS)).toBe(false);
});

it("and ranks behind whoever tells that they speak up", () => {
  const told = new Loudness();
  for (let nowMs = 0; nowMs < 1_000; nowMs += FRAME_MS) told.hear(-20, 80, nowMs);
  const untold = after(80, 50);
  expect(untold.rankDbov).toBeLessThan(told.rankDbov(1_000));
  expect(untold.rankDbov).toBeGreaterThan(after(3, 50).rankDbov);
});
