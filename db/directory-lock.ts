/**
 * One process per data directory. The lock is a file that names its holder by pid and by the time at which
 * that process started, since a pid alone may belong to another process after a crash.
 */
import { readFileSync } from "node:fs";
import { open, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

export interface DirectoryLock {
  /** Removes the lock file. Releasing twice is fine. */
  release(): Promise<void>;
}

const LOCK_FILE = "parley.lock";
const ATTEMPTS_MAX = 100;
const GUARD_MS_MAX = 10_000;
/** A lock file is empty between its creation and its first write; this long it is given the benefit. */
const EMPTY_FILE_MS_MAX = 2_000;

/** Takes the lock, or throws an error that names the process holding it. A dead holder's is taken over. */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(resolve(directory), LOCK_FILE);
  const mine = describe(process.pid);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (await createExclusively(path, mine)) return { release: () => removeIf(path, mine) };
    const held = await readOrNothing(path);
    if (held === undefined) continue;
    if (await isHeld(path, held)) {
      const pid = parseHolder(held)?.pid ?? "unknown";
      throw new Error(
        `${resolve(directory)} is in use by the process with pid ${pid}. Stop it, or choose another DATA_DIR.`,
      );
    }
    await removeStale(path, held);
  }
  throw new Error(`Could not take ${path}: other processes keep taking it.`);
}

const describe = (pid: number): string => `${pid} ${startTimeOf(pid) ?? "-"}\n`;

/** proc_pid_stat(5) field 22, in ticks since boot; undefined where there is no /proc. */
function startTimeOf(pid: number): string | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Field 2 is the command in parentheses and may hold spaces: count from after the last one, at field 3.
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[22 - 3];
  } catch {
    return undefined;
  }
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

function parseHolder(content: string): { pid: number; startTime: string } | undefined {
  const [, pid, startTime] = /^(\d{1,10}) (\d+|-)\n$/.exec(content) ?? [];
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
}

async function isHeld(path: string, content: string): Promise<boolean> {
  const holder = parseHolder(content);
  if (holder === undefined) {
    const file = await stat(path).catch(() => undefined);
    return file !== undefined && Date.now() - file.mtimeMs < EMPTY_FILE_MS_MAX;
  }
  if (!isAlive(holder.pid)) return false;
  const startTime = startTimeOf(holder.pid);
  return startTime === undefined || holder.startTime === "-" || startTime === holder.startTime;
}

function isAlive(pid: number): boolean {
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
 * again first: else the slower of two would remove the fresh lock of the faster.
 */
async function removeStale(path: string, stale: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await createExclusively(guard, ""))) {
    const since = await stat(guard).catch(() => undefined);
    // Whoever takes over needs milliseconds; one that died in them must not bar the directory for ever.
    if (since && Date.now() - since.mtimeMs > GUARD_MS_MAX) await rm(guard, { force: true });
    return;
  }
  try {
    await removeIf(path, stale);
  } finally {
    await rm(guard, { force: true });
  }
}

async function removeIf(path: string, content: string): Promise<void> {
  if ((await readOrNothing(path)) === content) await rm(path, { force: true });
}

const readOrNothing = (path: string): Promise<string | undefined> =>
  readFile(path, "utf8").catch(() => undefined);
