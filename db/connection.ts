/** What every driver gives: one connection at a time, lent for the length of a transaction. */
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

/** Drizzle on one connection, inside a transaction. */
export type Transaction = Omit<PgDatabase<PgQueryResultHKT>, "transaction">;

/** A statement, and what goes into its places. Parsed once for each connection, by a name that no other has. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

/** One row as Postgres writes it in text. */
export type TextRow = readonly (string | null)[];

/**
 * Sends statements in one go, without waiting for one's answer before the next, and gives the rows of each. Outside
 * of BEGIN and COMMIT they are one transaction together.
 */
export type Pipeline = (statements: readonly NamedStatement[]) => Promise<TextRow[][]>;

export interface Connection {
  /** The same object for as long as the connection lives. */
  readonly tx: Transaction;
  readonly pipeline: Pipeline;
  /** Sends statements in one message (the simple query protocol) and gives the last one's command tag. */
  run(statements: string): Promise<string>;
  /** Says that the connection is in no state to be lent again. */
  discard(): void;
}

export type DriverName = "pglite" | "postgres" | "neon";

export interface Driver {
  readonly name: DriverName;
  /** Waits for a free connection. One that `work` left broken is not lent again. */
  withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Waits for connections that are lent. */
  close(): Promise<void>;
}
