/** The attacked server in a process of its own, which also tells how it feels. Started by `Target`. */
import { readEnvironment } from "@parley/standalone/env";
import { startServer } from "@parley/standalone/server";
import { pino } from "pino";

export interface Vitals {
  /** The longest that the event loop was held, in ms of its own work: time in which others ran doesn't count. */
  lagMs: number;
  /** Heap and buffers in use after a collection. */
  heapBytes: number;
}

const SAMPLE_MS = 5;

const env = readEnvironment(process.env);
const logger = pino({ level: "error" }, pino.destination({ dest: 2, sync: true }));
const server = await startServer(env, logger);

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
    await server.stop();
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
process.send?.({ port: server.port });

function sample() {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), cpuMs: (user + system) / 1000 };
}
