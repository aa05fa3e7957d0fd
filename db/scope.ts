/**
 * The two ways into the database. `withOrg` and `readOrg` see one tenant; `withSystem`, `pipelineOfSystem` and
 * `readAcross` are for what belongs to no tenant or crosses them on purpose: log-in, sessions, listing a person's
 * organisations, the outbox. Each takes a role and a limit to its statements' time, for the length of the transaction
 * that it is: so row level security holds even where a query forgets its tenant, and all is safe behind a pooler that
 * hands out a connection per transaction.
 */
import assert from "node:assert/strict";
import type { OrganizationId } from "@parley/contract/ids";
import type { Database, Transaction } from "./client.ts";
import type { NamedStatement, TextRow } from "./connection.ts";
import { type Reading, type RowsOf, rowsOf } from "./reading.ts";
import { pipeline, STATEMENT_TIMEOUT_MS, transaction, writingPipeline } from "./transaction.ts";

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

/**
 * Reads of one tenant in one round trip, with the rights and the walls of `withOrg`: the tenant is set by the
 * message's first statement, for the length of its transaction.
 */
export async function readOrg<Readings extends readonly Reading<unknown>[]>(
  database: Database,
  orgId: OrganizationId,
  ...readings: Readings
): Promise<RowsOf<Readings>> {
  assert.match(orgId, UUID);
  const [, ...results] = await pipeline(database.driver, [takeTenant(orgId), ...readings]);
  return rowsOf(readings, results);
}

/** A reading across tenants, who asks for instance, and what they ask for of one tenant, in one round trip. */
export async function readAcrossAndOrg<Row, Readings extends readonly Reading<unknown>[]>(
  database: Database,
  across: Reading<Row>,
  orgId: OrganizationId,
  ...readings: Readings
): Promise<[Row[], RowsOf<Readings>]> {
  assert.match(orgId, UUID);
  const [, first = [], , ...results] = await pipeline(database.driver, [
    TAKE_SYSTEM,
    across,
    takeTenant(orgId),
    ...readings,
  ]);
  return [first.map(across.toRow), rowsOf(readings, results)];
}

/** Reads across tenants in one round trip, with the rights of `withSystem`. */
export async function readAcross<Readings extends readonly Reading<unknown>[]>(
  database: Database,
  ...readings: Readings
): Promise<RowsOf<Readings>> {
  return rowsOf(readings, await repeatablePipelineOfSystem(database, readings));
}

const takeTenant = (orgId: OrganizationId): NamedStatement => ({
  name: "take_tenant",
  text: `select set_config('role', 'parley_app', true), set_config('app.org_id', $1, true), set_config('statement_timeout', '${STATEMENT_TIMEOUT_MS}', true)`,
  values: [orgId],
});

export const withSystem = <T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  transaction(database.driver, "set local role parley_system", work);

/**
 * What `withSystem` does in a round trip for each statement, in one: for statements that need no answer of one another.
 * Each sees what was committed before it ran. See `writingPipeline`.
 */
export async function pipelineOfSystem(
  database: Database,
  statements: readonly NamedStatement[],
): Promise<TextRow[][]> {
  const [, ...results] = await writingPipeline(database.driver, [TAKE_SYSTEM, ...statements]);
  return results;
}

/**
 * `pipelineOfSystem` for what may take effect twice, as counting one too many: tried again also where the connection was
 * lost after it was sent. A process that was frozen often finds its connections so.
 */
export async function repeatablePipelineOfSystem(
  database: Database,
  statements: readonly NamedStatement[],
): Promise<TextRow[][]> {
  const [, ...results] = await pipeline(database.driver, [TAKE_SYSTEM, ...statements]);
  return results;
}

const TAKE_SYSTEM: NamedStatement = {
  name: "take_system",
  text: `select set_config('role', 'parley_system', true), set_config('statement_timeout', '${STATEMENT_TIMEOUT_MS}', true)`,
  values: [],
};
