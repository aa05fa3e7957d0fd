/**
 * Passwords are hashed, files read and names looked up on libuv's pool of threads; in this process somebody's call runs
 * on the main thread. Where the cores don't suffice the pool gives way, so that nobody hears a crowd of log-ins.
 *
 * Linux has a priority for each thread, by its id as if it were a process (setpriority(2), "C library/kernel
 * differences"). Elsewhere nothing changes.
 */
import { readdirSync, readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

/** Nice value 10: where both want a core, the main thread gets ten times as much. */
const { PRIORITY_BELOW_NORMAL } = constants.priority;

/** Answers how many threads it was. They start with the first work that they are given, and must be there. */
export function lowerPoolPriority(): number {
  const threads = poolThreads();
  for (const thread of threads) setPriority(thread, PRIORITY_BELOW_NORMAL);
  return threads.length;
}

function poolThreads(): number[] {
  if (process.platform !== "linux") return [];
  const isPool = (id: string) => readFileSync(`/proc/self/task/${id}/comm`, "utf8").trim() === "libuv-worker";
  return readdirSync("/proc/self/task").filter(isPool).map(Number);
}
