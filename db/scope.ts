/**
 * The two ways into the database. `withOrg` sees one tenant; `withSystem` is for what belongs to no tenant or
 * crosses them on purpose: log-in, sessions, listing a person's organisations, the outbox. Both take a role for
 * the length of the transaction, so that row level security holds even where a query forgets its tenant, and
 * so that they are safe behind a pooler that hands out a connection per transaction.
 */
import assert from "node:assert/strict";
import type { OrganizationId } from "@parley/contract/ids";
import type { Database, Transaction } from "./client.ts";
import type { Call, TextRows } from "./connection.ts";
import { pipeline, statement, transaction } from "./transaction.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function withOrg<T>(
  database: Database,
  orgId: OrganizationId,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  // It becomes part of a statement, where no parameter can stand.
  assert.match(orgId, UUID);
  const preamble = `set local role parley_app; select set_config('app.org_id', '${orgId}', true)`;
  return transaction(database.driver, preamble, work);
}

/** One read across tenants, for what each request asks. See `statement`. */
export const readAcross = <T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  statement(database.driver, work);

export const withSystem = <T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  transaction(database.driver, "set local role parley_system", work);

const AS_SYSTEM: Call = {
  name: "as_system",
  text: "select set_config('role', 'parley_system', true), set_config('statement_timeout', '5000', true)",
  values: [],
};

/** What `withSystem` does in a round trip for each statement, in one. See `pipeline`. */
export async function pipelineOfSystem(database: Database, calls: readonly Call[]): Promise<TextRows[]> {
  const [, ...rows] = await pipeline(database.driver, [AS_SYSTEM, ...calls]);
  return rows;
}
