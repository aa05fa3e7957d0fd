/** Removes what has run out, now and every hour, so that nobody has to think of it. */
import type { Database } from "@parley/db/client";
import { prune } from "@parley/db/prune";
import type { Logger } from "pino";

const INTERVAL_MS = 3_600_000;

/** Once `stop` resolves, the database is left alone. */
export function startHousekeeping(database: Database, logger: Logger): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const run = async () => {
    try {
      const removed = await prune(database, new Date(), stopped.signal);
      if (removed > 0) logger.info({ removed }, "removed what has run out");
    } catch (error) {
      logger.warn({ err: error }, "could not remove what has run out");
    }
  };
  let running = run();
  const timer = setInterval(() => {
    running = running.then(run);
  }, INTERVAL_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      stopped.abort();
      await running;
    },
  };
}
