/**
 * Bounds how many Argon2 computations run at once. Each occupies a thread of libuv's pool and 19 MiB; more of
 * them than cores only make everything else wait, and an endless line would let strangers fill the memory.
 */
import { AppError } from "@parley/contract/errors";
import { hashPassword, verifyPassword } from "@parley/db/password-hash";

export interface PasswordQueue {
  /** Throws `unavailable` when too many wait already; so does `verify`. */
  hash(password: string): Promise<string>;
  verify(passwordHash: string, password: string): Promise<boolean>;
}

export interface PasswordQueueOptions {
  runningMax: number;
  waitingMax: number;
}

/** Argon2 runs in libuv's pool of four: one thread stays free for files and names. */
const RUNNING_MAX = 3;
/** A few seconds' worth. */
const WAITING_MAX = 256;

/**
 * For a process that may use so many cores. More at once than cores take turns on them, each with its 19 MiB in the
 * other's cache: on one core eight at once took 11.2–12 ms each, one after the other 9.4–10.4 (`bench:accounts`).
 */
export const queueOptionsFor = (cores: number): PasswordQueueOptions => ({
  runningMax: Math.min(cores, RUNNING_MAX),
  waitingMax: WAITING_MAX,
});

export function createPasswordQueue({ runningMax, waitingMax }: PasswordQueueOptions): PasswordQueue {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running < runningMax) running++;
    else if (waiting.length >= waitingMax) throw new AppError("unavailable");
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A place is handed on, not freed: nobody can slip in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  return {
    hash: (password) => run(() => hashPassword(password)),
    verify: (passwordHash, password) => run(() => verifyPassword(passwordHash, password)),
  };
}
