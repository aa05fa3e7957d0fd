/** What the measured process has used so far; the difference of two is a measurement. */
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics } from "node:v8";

export interface Usage {
  cpuSeconds: number;
  gcSeconds: number;
  wallSeconds: number;
  packetsOut: number;
  memory: MemoryUse;
}

/** Bytes. What is resident outside of the heap is code, stacks, buffers and what malloc keeps. */
interface MemoryUse {
  residentBytes: number;
  heapUsedBytes: number;
  heapCommittedBytes: number;
  /** Of the committed heap: where V8 puts what is new. It grows in steps under load and seldom shrinks. */
  youngCommittedBytes: number;
}

let gcMs = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMs += entry.duration;
}).observe({ entryTypes: ["gc"] });

export function usageNow(packetsOut: number): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  const young = getHeapSpaceStatistics().find((space) => space.space_name === "new_space");
  return {
    cpuSeconds: (user + system) / 1e6,
    gcSeconds: gcMs / 1e3,
    wallSeconds: performance.now() / 1e3,
    packetsOut,
    memory: {
      residentBytes: rss,
      heapUsedBytes: heapUsed,
      heapCommittedBytes: heapTotal,
      youngCommittedBytes: young?.space_size ?? 0,
    },
  };
}

/** Where the process was started with --expose-gc. The second time takes what finalizers of the first let go. */
export function collectGarbage(): void {
  globalThis.gc?.();
  globalThis.gc?.();
}
