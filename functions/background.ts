/** Work that nobody waits for: mails, and what would give away by its time whether an account exists. */
import type { Logger } from "./app-deps.ts";

export interface Background {
  defer(work: () => Promise<void>): void;
  /** Resolves when nothing is left to do. */
  settled(): Promise<void>;
}

const TASKS_MAX = 1_000;

/** Failures are logged; what comes while too much is under way is dropped, and the log says so. */
export function createBackground(logger: Logger): Background {
  const tasks = new Set<Promise<void>>();
  return {
    defer(work) {
      if (tasks.size >= TASKS_MAX) {
        logger.error({ tasks: tasks.size }, "too much background work; some was dropped");
        return;
      }
      const task: Promise<void> = new Promise((resolve) => setImmediate(resolve))
        .then(work)
        .catch((err) => logger.error({ err }, "background work failed"))
        .finally(() => tasks.delete(task));
      tasks.add(task);
    },
    async settled() {
      while (tasks.size > 0) await Promise.all(tasks);
    },
  };
}
