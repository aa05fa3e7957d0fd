/** Whole transactions, on any driver: begun in one message, retried where that is safe. */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@parley/contract/errors";
import type { Connection, Driver, NamedStatement, TextRow, Transaction } from "./connection.ts";
import { constraintError } from "./constraint-errors.ts";
import { isConflict, isDisconnect, isExhausted, NeverSent, sqlState } from "./failure.ts";

const inside = new AsyncLocalStorage<true>();
const RETRIES_MAX = 3;
const RETRY_BASE_MS = 40;
/** A process that hangs must not hold its locks for ever: one of them is every tenant's (authz_changes). */
export const STATEMENT_TIMEOUT_MS = 5_000;
const TIMEOUTS = `set local statement_timeout = ${STATEMENT_TIMEOUT_MS}; set local idle_in_transaction_session_timeout = 10000`;

/**
 * Runs `work` between BEGIN and COMMIT. `preamble` goes out with BEGIN, in the same message. Conflicts and lost
 * connections are tried again from the start, so `work` must have no effects outside of the database. Throws
 * `unavailable` where the database can't be reached or is out of room, and what constraint-errors.ts says for a
 * row that a constraint refused.
 */
export async function transaction<T>(
  driver: Driver,
  preamble: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return retried(driver, (connection) => once(connection, preamble, work));
}

/**
 * Statements that read, or may take effect twice, in one round trip instead of a transaction's three or more; tried
 * again and failing as a transaction does. The first takes the role they run as.
 */
export const pipeline = (driver: Driver, statements: readonly NamedStatement[]): Promise<TextRow[][]> =>
  retried(driver, (connection) => inOne(connection, statements, () => "failed"));

/**
 * Statements that also write, as one transaction in one round trip. On a connection that is lost after they were sent
 * it isn't tried again, since nobody knows whether it was committed.
 */
export const writingPipeline = (
  driver: Driver,
  statements: readonly NamedStatement[],
): Promise<TextRow[][]> =>
  retried(driver, (connection) =>
    inOne(connection, statements, (error) => (error instanceof NeverSent ? "failed" : "commit")),
  );

async function retried<T>(
  driver: Driver,
  tryOnce: (connection: Connection) => Promise<Outcome<T>>,
): Promise<T> {
  assert(!inside.getStore(), "a transaction inside a transaction would wait for its own connection");
  for (let attempt = 0; ; attempt++) {
    const outcome = await driver
      .withConnection((connection) => inside.run(true, () => tryOnce(connection)))
      .catch((error): Outcome<T> => ({ phase: "failed", error }));
    if (outcome.phase === "committed") return outcome.value;
    const { phase, error } = outcome;
    const isPassing = isConflict(error) || isDisconnect(error);
    // Once COMMIT was sent and the connection is lost, nobody knows what became of it: running it all again
    // might do it twice. Whoever asked hears that, and can look.
    const mayRetry = phase === "failed" ? isPassing : isConflict(error);
    if (!mayRetry || attempt === RETRIES_MAX) {
      if (isPassing || isExhausted(error)) throw new AppError("unavailable", { cause: error });
      throw constraintError(error) ?? error;
    }
    await sleep(RETRY_BASE_MS * 4 ** attempt * (0.5 + Math.random()));
  }
}

type Outcome<T> =
  | { phase: "committed"; value: T }
  | { phase: "failed"; error: unknown }
  | { phase: "commit"; error: unknown };

async function once<T>(
  connection: Connection,
  preamble: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<Outcome<T>> {
  const { tx, run } = connection;
  let value: T;
  try {
    await run(`begin; ${TIMEOUTS}; ${preamble}`);
    value = await work(tx);
  } catch (error) {
    await rollBack(connection);
    return { phase: "failed", error };
  }
  try {
    const tag = await run("commit");
    assert.equal(tag, "COMMIT", "a statement failed in this transaction and its error was swallowed");
    return { phase: "committed", value };
  } catch (error) {
    await rollBack(connection);
    return { phase: "commit", error };
  }
}

async function inOne(
  connection: Connection,
  statements: readonly NamedStatement[],
  phaseOf: (error: unknown) => "failed" | "commit",
): Promise<Outcome<TextRow[][]>> {
  try {
    return { phase: "committed", value: await connection.pipeline(statements) };
  } catch (error) {
    // The server's farewell comes before the socket's end: until then the connection looks as good as any.
    if (isDisconnect(error) || sqlState(error) === undefined) connection.discard();
    return { phase: phaseOf(error), error };
  }
}

/** Where that isn't possible, the connection is gone, and the transaction with it: nobody gets it again. */
const rollBack = ({ run, discard }: Connection): Promise<unknown> => run("rollback").catch(discard);
