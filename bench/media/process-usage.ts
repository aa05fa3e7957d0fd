/** What the measured process has used so far; the difference of two is a measurement. */
import { PerformanceObserver } from "node:perf_hooks";

export interface Usage {
  cpuSeconds: number;
  gcSeconds: number;
  wallSeconds: number;
  packetsOut: number;
  rssBytes: number;
  heapBytes: number;
}

let gcMs = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMs += entry.duration;
}).observe({ entryTypes: ["gc"] });

export function usageNow(packetsOut: number): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    gcSeconds: gcMs / 1e3,
    wallSeconds: performance.now() / 1e3,
    packetsOut,
    rssBytes: rss,
    heapBytes: heapUsed,
  };
}

/** After a full collection, where the process was started with --expose-gc. */
export function collectGarbage(): void {
  globalThis.gc?.();
}
