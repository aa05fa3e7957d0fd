/**
 * The two ways into the database. `withOrg` sees one tenant; `withSystem` is for what belongs to no tenant
 * or crosses them on purpose: log-in, sessions, listing a person's organisations.
 */
import type { OrganizationId } from "@parley/contract/ids";
import { sql } from "drizzle-orm";
import type { Database, Transaction } from "./client.ts";

/** Runs `work` in a transaction that names its tenant to Postgres, for as long as the transaction lasts. */
export function withOrg<T>(
  db: Database,
  orgId: OrganizationId,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('app.org_id', ${orgId}, true)`);
    return work(tx);
  });
}

export const withSystem = <T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  db.transaction(work);
