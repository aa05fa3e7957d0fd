import { expect, it } from "vitest";
import { StrainMeter } from "./strain-meter.ts";

const QUIET = {
  forwardedMs: 0,
  cpuMs: 0,
  waitMs: 0,
  packetsIn: 0,
  packetsWaitingMax: 1_000,
  standingShare: 0,
};

it("tells how late a tick came, what share of the time went into forwarding, and how much of a core it had", () => {
  const meter = new StrainMeter(100, 0);
  meter.tick({ ...QUIET, forwardedMs: 10, cpuMs: 50 }, 100);
  const strain = meter.tick({ ...QUIET, forwardedMs: 70, cpuMs: 140 }, 220);
  expect(strain).toMatchObject({ lagMs: 20, voiceShare: 0.5, cpuShare: 0.75 });
});

it("tells how full the kernel's buffer is: as many packets wait as come while each waits", () => {
  const meter = new StrainMeter(100, 0);
  meter.tick({ ...QUIET, packetsIn: 500 }, 100);
  // 100 packets a millisecond.
  const { backlogShare } = meter.tick({ ...QUIET, packetsIn: 10_500, waitMs: 6 }, 200);
  expect(backlogShare).toBeCloseTo(0.6);
});
