/** Asks `/healthz` from a process of its own: in that of the clients it would measure the clients' queue. */
import { setTimeout as sleep } from "node:timers/promises";
import { serveParent } from "./child-process.ts";

const PROBE_EVERY_MS = 25;

serveParent({
  async probe({ origin, durationMs }: { origin: string; durationMs: number }): Promise<number[]> {
    const untilMs = performance.now() + durationMs;
    const ms: number[] = [];
    while (performance.now() < untilMs) {
      const startedAtMs = performance.now();
      const response = await fetch(`${origin}/healthz`);
      await response.text();
      ms.push(performance.now() - startedAtMs);
      await sleep(PROBE_EVERY_MS);
    }
    return ms;
  },
});
