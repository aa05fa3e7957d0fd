/** For races: something happens between two steps of what a test looks at. */
import type { Database } from "@parley/db/client";

/** The database, where something happens just before it is used for the `nth` time. */
export function between(database: Database, nth: number, happens: () => Promise<unknown>): Database {
  const { driver } = database;
  let uses = 0;
  return {
    ...database,
    driver: {
      ...driver,
      async withConnection(work) {
        if (++uses === nth) await happens();
        return driver.withConnection(work);
      },
    },
  };
}
