/**
 * Reads for what each request asks: composed once for the whole process, parsed by Postgres once for each connection,
 * several in one round trip, and their rows read straight from text. Drizzle composes the SQL; its own way costs a
 * round trip for each and three times the time for each row.
 */
import assert from "node:assert/strict";
import { fillPlaceholders, is } from "drizzle-orm";
import { type AnyPgColumn, PgColumn, type PgSelectBuilder, QueryBuilder } from "drizzle-orm/pg-core";
import type { SQL } from "drizzle-orm/sql";
import type { NamedStatement, Pipeline, TextRow, Transaction } from "./connection.ts";

/** Rows that are still to be read. */
export interface Reading<Row> extends NamedStatement {
  readonly toRow: (row: TextRow) => Row;
}

/** Of a query that drizzle has no column for. Null stays null. */
export interface Expression<T> {
  sql: SQL;
  read(text: string): T;
}

type Field = AnyPgColumn | Expression<unknown>;
type Fields = Record<string, Field>;

type ValueOf<F> = F extends AnyPgColumn
  ? F["_"]["notNull"] extends true
    ? F["_"]["data"]
    : F["_"]["data"] | null
  : F extends Expression<infer T>
    ? T
    : never;

export type RowOf<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/** What a row holds under these columns. */
type Selected = Record<string, AnyPgColumn | SQL>;
type Builder = PgSelectBuilder<Selected, "qb">;

/** For subqueries. */
export const subquery = new QueryBuilder();

/** `build` has `sql.placeholder`s where values go; `name` is one that no other statement has. */
export function defineReading<F extends Fields, Values extends Record<string, string | Date>>(
  name: string,
  fields: F,
  build: (select: Builder) => { toSQL(): { sql: string; params: unknown[] } },
): (values: Values) => Reading<RowOf<F>> {
  const selected: Selected = {};
  for (const [key, field] of Object.entries(fields)) selected[key] = isColumn(field) ? field : field.sql;
  const query = build(subquery.select(selected)).toSQL();
  const toRow = rowReader(fields);
  return (values) => ({
    name,
    text: query.sql,
    values: fillPlaceholders(query.params, values).map(toText),
    toRow,
  });
}

export type RowOfReading<Define extends (values: never) => Reading<unknown>> =
  ReturnType<Define> extends Reading<infer Row> ? Row : never;

export type RowsOf<Readings extends readonly Reading<unknown>[]> = {
  [K in keyof Readings]: Readings[K] extends Reading<infer Row> ? Row[] : never;
};

/** In one round trip, inside of a transaction. */
export const read = <Readings extends readonly Reading<unknown>[]>(
  tx: Transaction,
  ...readings: Readings
): Promise<RowsOf<Readings>> => {
  const pipeline = pipelines.get(tx);
  assert(pipeline, "a driver registers a pipeline with each connection");
  return pipeline(readings).then((results) => rowsOf(readings, results));
};

/** `results` are those of each reading, in their order. */
export const rowsOf = <Readings extends readonly Reading<unknown>[]>(
  readings: Readings,
  results: readonly TextRow[][],
): RowsOf<Readings> =>
  readings.map(({ toRow }, index) => results[index]?.map(toRow) ?? []) as RowsOf<Readings>;

const pipelines = new WeakMap<Transaction, Pipeline>();

export const registerPipeline = (tx: Transaction, pipeline: Pipeline): void =>
  void pipelines.set(tx, pipeline);

function rowReader<F extends Fields>(fields: F): (row: TextRow) => RowOf<F> {
  const keys = Object.keys(fields);
  const readers = Object.values(fields).map(readerOf);
  return (row) => {
    const read: Record<string, unknown> = {};
    for (let at = 0; at < keys.length; at++) {
      const text = row[at] ?? null;
      read[keys[at] as string] = text === null ? null : readers[at]?.(text);
    }
    return read as RowOf<F>;
  };
}

const isColumn = (field: Field): field is AnyPgColumn => is(field, PgColumn);

function readerOf(field: Field): (text: string) => unknown {
  if (!isColumn(field)) return field.read;
  switch (field.dataType) {
    case "string":
      return (text) => text;
    case "number":
      return Number;
    case "boolean":
      return isTrue;
    case "bigint":
      return BigInt;
    case "date":
      return (text) => new Date(text);
    default:
      return assert.fail(`no reader for ${field.dataType}`);
  }
}

/** As Postgres writes a boolean. */
export const isTrue = (text: string): boolean => text === "t";

const toText = (value: unknown): string | null =>
  value === null ? null : value instanceof Date ? value.toISOString() : String(value);
