/** Removes what has run out, now and every hour, so that nobody has to think of it. */
import type { Database } from "@parley/db/client";
import { prune } from "@parley/db/prune";
import { removeOldMails } from "@parley/functions/mail/outbox";
import type { Logger } from "pino";

const INTERVAL_MS = 3_600_000;

interface Kept {
  database: Database;
  /** Directory of the mails that were written to files, which also lie there once a mail server is configured. */
  outbox: string;
  logger: Logger;
}

/** Once `stop` resolves, the database is left alone. */
export function startHousekeeping({ database, outbox, logger }: Kept): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const attempt = async (remove: () => Promise<number>, what: string) => {
    try {
      const removed = await remove();
      if (removed > 0) logger.info({ removed }, `removed ${what}`);
    } catch (error) {
      logger.warn({ err: error }, `could not remove ${what}`);
    }
  };
  const run = async () => {
    await attempt(() => prune(database, new Date(), stopped.signal), "what has run out");
    await attempt(() => removeOldMails(outbox, new Date()), "old mails");
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
