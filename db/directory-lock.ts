/**
 * One process per data directory. The lock is a file that names its holder by pid and by the time at which
 * that process started, since a pid alone may belong to another process after a crash. Containers that share a volume
 * don't see each other's processes, so it doesn't keep them apart.
 */
import { open, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { statusOf } from "./process-status.ts";

export interface DirectoryLock {
  /** Removes the lock file. Releasing twice is fine. */
  release(): Promise<void>;
}

type Holder = "runs" | "ends" | "comes" | "gone";

const LOCK_FILE = "parley.lock";
const GUARD_MS_MAX = 10_000;
/** Longer than any guard stands. */
const WAIT_MS_MAX = 12_000;
const POLL_MS = 20;
/** A lock file is empty between its creation and its first write; this long it is given the benefit. */
const EMPTY_FILE_MS_MAX = 2_000;

/**
 * Takes the lock, or throws an error that names the process holding it. A dead holder's is taken over; where the
 * holder was killed and is still ending, waits for it, so that one may start again right after a kill.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(resolve(directory), LOCK_FILE);
  const mine = lineOf(process.pid);
  const deadlineMs = performance.now() + WAIT_MS_MAX;
  // A killed process looks alive for an instant before it ends, so one that runs is looked at twice.
  for (let looks = 0; looks < 2 && performance.now() < deadlineMs; ) {
    if (await createExclusively(path, mine)) return { release: () => removeIf(path, mine) };
    const held = (await readOrNothing(path)) ?? "";
    const holder = await lookAt(path, held);
    if (holder === "gone" && (await removeStale(path, held))) continue;
    if (holder === "runs") looks++;
    await sleep(POLL_MS);
  }
  throw new Error(await whyNot(resolve(directory), path));
}

async function whyNot(directory: string, path: string): Promise<string> {
  const held = (await readOrNothing(path)) ?? "";
  const pid = parseHolder(held)?.pid ?? "unknown";
  if ((await lookAt(path, held)) === "ends")
    return `${directory} is in use by the process with pid ${pid}, which was killed and hasn't ended yet. Try again later.`;
  return `${directory} is in use by the process with pid ${pid}. Stop it, or choose another DATA_DIR.`;
}

const lineOf = (pid: number): string => `${pid} ${statusOf(pid)?.startTime ?? "-"}\n`;

function parseHolder(content: string): { pid: number; startTime: string } | undefined {
  const [, pid, startTime] = /^(\d{1,10}) (\d+|-)\n$/.exec(content) ?? [];
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
}

async function createExclusively(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function lookAt(path: string, content: string): Promise<Holder> {
  const holder = parseHolder(content);
  if (holder === undefined) {
    const file = await stat(path).catch(() => undefined);
    return file && Date.now() - file.mtimeMs >= EMPTY_FILE_MS_MAX ? "gone" : "comes";
  }
  if (!isThere(holder.pid)) return "gone";
  const status = statusOf(holder.pid);
  if (status === undefined || holder.startTime === "-") return "runs";
  if (status.hasEnded || status.startTime !== holder.startTime) return "gone";
  return status.isEnding ? "ends" : "runs";
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Removes a dead holder's file. One process at a time may do so, under a second exclusive file, and looks
 * again first: else the slower of two would remove the fresh lock of the faster. False where somebody else is at it.
 */
async function removeStale(path: string, stale: string): Promise<boolean> {
  const guard = `${path}.takeover`;
  if (!(await createExclusively(guard, ""))) {
    const since = await stat(guard).catch(() => undefined);
    // Whoever takes over needs milliseconds; one that died in them must not bar the directory for ever.
    if (since && Date.now() - since.mtimeMs > GUARD_MS_MAX) await rm(guard, { force: true });
    return false;
  }
  try {
    await removeIf(path, stale);
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function removeIf(path: string, content: string): Promise<void> {
  if ((await readOrNothing(path)) === content) await rm(path, { force: true });
}

const readOrNothing = (path: string): Promise<string | undefined> =>
  readFile(path, "utf8").catch(() => undefined);
