/** Removes what has run out, now and every hour, so that nobody has to think of it. */
import type { Database } from "@parley/db/client";
import { prune } from "@parley/db/prune";
import type { Logger } from "pino";

const INTERVAL_MS = 3_600_000;

export function startHousekeeping(database: Database, logger: Logger): { stop(): void } {
  const run = () =>
    prune(database, new Date()).then(
      (removed) => removed > 0 && logger.info({ removed }, "removed what has run out"),
      (error) => logger.warn({ err: error }, "could not remove what has run out"),
    );
  void run();
  const timer = setInterval(run, INTERVAL_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
