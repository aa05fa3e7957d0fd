import { describe, expect, it } from "vitest";
import { parseStat, statusOf } from "./process-status.ts";

/** proc_pid_stat(5) with these fields set, and zeros elsewhere. */
function stat(fields: Record<number, string | number>): string {
  const all = Array.from({ length: 52 }, (_, index) => String(fields[index + 1] ?? 0));
  return `${all.join(" ")}\n`;
}
const running = { 1: 7, 2: "(node)", 3: "S", 9: 0x400000, 20: 11, 22: 4_711, 31: 0 };

describe("a process", () => {
  it.each([
    ["that runs", {}, false, false],
    ["of a strange name", { 2: "(a) Z 4 (b c)" }, false, false],
    ["that was killed and hasn't noticed", { 31: 0x100 }, true, false],
    ["that got another signal", { 31: 0x4000 }, false, false],
    ["that gives back its memory", { 9: 0x400004 }, true, false],
    ["whose first thread has ended before others", { 3: "Z", 9: 0x400004, 20: 2 }, true, false],
    ["that nobody asked how it ended", { 3: "Z", 9: 0x400004, 20: 1 }, false, true],
  ])("%s", (_, changes, isEnding, hasEnded) => {
    expect(parseStat(stat({ ...running, ...changes }))).toEqual({ startTime: "4711", isEnding, hasEnded });
  });

  it.runIf(process.platform === "linux")("is told from one that isn't there", () => {
    expect(statusOf(process.pid)).toMatchObject({ isEnding: false, hasEnded: false });
    expect(statusOf(4_194_305)).toBeUndefined();
  });
});
