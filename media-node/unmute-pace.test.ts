import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { UnmutePace } from "./unmute-pace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is applied, and when. */
function follow() {
  const applied: { muted: boolean; atMs: number }[] = [];
  const startedAtMs = performance.now();
  const pace = new UnmutePace((muted) => applied.push({ muted, atMs: performance.now() - startedAtMs }));
  return { applied, pace };
}

it("who toggles 50 times a second unmutes five times at once and then twice a second", () => {
  const { applied, pace } = follow();
  for (let n = 0; n < 250; n++) {
    for (const muted of [true, false]) pace.set(muted);
    vi.advanceTimersByTime(40);
  }
  pace.close();
  const unmuted = applied.filter(({ muted }) => !muted).length;
  expect(unmuted).toBeGreaterThan(15);
  expect(unmuted).toBeLessThanOrEqual(5 + 2 * 10);
});

it("the last wish wins: an unmuting that waits comes, unless a muting came after it", () => {
  for (const last of [false, true]) {
    const { applied, pace } = follow();
    for (let n = 0; n < 10; n++) for (const muted of [true, false]) pace.set(muted);
    if (last) pace.set(true);
    vi.advanceTimersByTime(2_000);
    expect(applied.at(-1)?.muted).toBe(last);
    pace.close();
  }
});

it("muting is never held up", () => {
  const { applied, pace } = follow();
  for (let n = 0; n < 20; n++) pace.set(false);
  pace.set(true);
  expect(applied.at(-1)).toEqual({ muted: true, atMs: 0 });
  pace.close();
});
