/** What every driver gives: one connection at a time, lent for the length of a transaction. */
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

/** Drizzle on one connection, inside a transaction. */
export type Transaction = Omit<PgDatabase<PgQueryResultHKT>, "transaction">;

/** One statement with its parameters, in SQL. */
export interface Call {
  /** No other text has it: a connection parses and plans it once. */
  name: string;
  /** Has $1, $2 … where the values go. */
  text: string;
  values: readonly (string | number | null)[];
}

/** The rows of one call, each column as Postgres writes it as text. */
export type TextRows = (string | null)[][];

export interface Connection {
  /** The same object for as long as the connection lives. */
  readonly tx: Transaction;
  /** Sends statements in one message (the simple query protocol) and gives the last one's command tag. */
  run(statements: string): Promise<string>;
  /** A whole transaction in one round trip. Where it fails, the connection is in no state to be lent again. */
  pipeline(calls: readonly Call[]): Promise<TextRows[]>;
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
