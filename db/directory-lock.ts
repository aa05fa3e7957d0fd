/**
 * One process per data directory. The lock is a file that names its holder by pid and by the time at which
 * that process started, since a pid alone may belong to another process after a crash.
 */
import { readFileSync } from "node:fs";
import { open, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface DirectoryLock {
  /** Removes the lock file. Releasing twice is fine. */
  release(): Promise<void>;
}

const LOCK_FILE = "parley.lock";
const ATTEMPTS_MAX = 100;
const GUARD_MS_MAX = 10_000;
/** A lock file is empty between its creation and its first write; this long it is given the benefit. */
const EMPTY_FILE_MS_MAX = 2_000;
/** A process that was killed gives back its memory first; whoever starts again at once needn't be told to wait. */
const ENDING_MS_MAX = 5_000;
const ENDING_POLL_MS = 20;

/** Takes the lock, or throws an error that names the process holding it. A dead holder's is taken over. */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(resolve(directory), LOCK_FILE);
  const mine = describe(process.pid);
  let waitedMs = 0;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (await createExclusively(path, mine)) return { release: () => removeIf(path, mine) };
    const held = await readOrNothing(path);
    if (held === undefined) continue;
    for (; waitedMs < ENDING_MS_MAX && isEnding(held); waitedMs += ENDING_POLL_MS)
      await sleep(ENDING_POLL_MS);
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

const describe = (pid: number): string => `${pid} ${processOf(pid)?.startTime ?? "-"}\n`;

interface Process {
  /** Ticks since boot. */
  startTime: string | undefined;
  /** It has ended, and its parent hasn't asked for its exit code: a pid and nothing else. */
  isZombie: boolean;
  /** It runs nothing of its own any more, and is not gone. */
  isEnding: boolean;
}

const PF_EXITING = 4;
const SIGKILL_PENDING = 1 << (9 - 1);

/** As proc_pid_stat(5) tells; undefined where there is no /proc, or no such process. */
function processOf(pid: number): Process | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Field 2 is the command in parentheses and may hold spaces: count from after the last one, at field 3.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const field = (number: number) => fields[number - 3];
    const isZombie = field(3) === "Z" || field(3) === "X";
    const isEnding = (Number(field(9)) & PF_EXITING) !== 0 || (Number(field(31)) & SIGKILL_PENDING) !== 0;
    return { startTime: field(22), isZombie, isEnding: isEnding && !isZombie };
  } catch {
    return undefined;
  }
}

function isEnding(held: string): boolean {
  const holder = parseHolder(held);
  if (!holder) return false;
  const process = processOf(holder.pid);
  return process?.startTime === holder.startTime && process.isEnding;
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
  const process = processOf(holder.pid);
  if (process?.isZombie) return false;
  return process === undefined || holder.startTime === "-" || process.startTime === holder.startTime;
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
