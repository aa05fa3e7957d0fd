/** The attacked server's side of the conversation with the attacker: how it feels, and when to stop. */

export interface Vitals {
  /** The longest that the event loop was held, in ms of its own work: time in which others ran doesn't count. */
  lagMs: number;
  /** Heap and buffers in use after a collection. */
  heapBytes: number;
}

const SAMPLE_MS = 5;

/** Says what it is ready with, then answers. */
export function tellVitals(ready: object, stop: () => Promise<void>): void {
  let worstMs = 0;
  let last = sample();
  setInterval(() => {
    const now = sample();
    const heldMs = Math.min(now.atMs - last.atMs - SAMPLE_MS, now.cpuMs - last.cpuMs);
    worstMs = Math.max(worstMs, heldMs);
    last = now;
  }, SAMPLE_MS);

  process.on("message", async (message) => {
    if (message === "stop") {
      await stop();
      process.exit(0);
    }
    const lagMs = worstMs;
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.({ lagMs, heapBytes: heapUsed + external } satisfies Vitals);
    // What the collection took is the question's, not the attack's.
    last = sample();
    worstMs = 0;
  });
  // However the attacker ended.
  process.on("disconnect", () => process.exit());
  process.send?.(ready);
}

function sample() {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), cpuMs: (user + system) / 1000 };
}
