/**
 * Several prepared statements in one message with one Sync behind them. Postgres runs them as one transaction and
 * commits it at the Sync; the first that fails undoes all and skips the rest (PostgreSQL protocol, "Extended Query",
 * "Pipelining"). The driver sends each query only once the one before it is answered, but takes foreign queries:
 * anything with `submit` and the handlers of what comes back.
 */
import assert from "node:assert/strict";
import type { PoolClient } from "@neondatabase/serverless";
import type { Call, TextRows } from "../connection.ts";

/** The driver's own connection, as far as a query needs it. */
interface WireConnection {
  /** Text by name: what this connection has parsed. */
  parsedStatements: Record<string, string>;
  parse(message: { name: string; text: string; types: [] }): void;
  bind(message: { statement: string; values: (string | null)[] }): void;
  execute(message: object): void;
  sync(): void;
}

/** Where it rejects, the connection must not be used again: which statements it has parsed is not known. */
export const runPipeline = (client: PoolClient, calls: readonly Call[]): Promise<TextRows[]> =>
  new Promise((resolve, reject) => {
    client.query(new PipelineQuery(calls, resolve, reject) as never);
  });

class PipelineQuery {
  readonly #calls: readonly Call[];
  readonly #resolve: (rows: TextRows[]) => void;
  readonly #reject: (error: Error) => void;
  readonly #parsing = new Map<string, string>();
  readonly #rows: TextRows[] = [];
  #current: TextRows = [];

  constructor(calls: readonly Call[], resolve: (rows: TextRows[]) => void, reject: (error: Error) => void) {
    this.#calls = calls;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(wire: WireConnection): void {
    for (const { name, text, values } of this.#calls) {
      const known = this.#parsing.get(name) ?? wire.parsedStatements[name];
      assert(known === undefined || known === text, `two statements are called ${name}`);
      if (known === undefined) {
        wire.parse({ name, text, types: [] });
        this.#parsing.set(name, text);
      }
      wire.bind({ statement: name, values: values.map((value) => (value === null ? null : String(value))) });
      wire.execute({});
    }
    wire.sync();
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#current.push(fields);
  }

  handleCommandComplete(): void {
    this.#rows.push(this.#current);
    this.#current = [];
  }

  handleError(error: Error): void {
    this.#reject(error);
  }

  handleReadyForQuery(wire: WireConnection): void {
    for (const [name, text] of this.#parsing) wire.parsedStatements[name] = text;
    this.#resolve(this.#rows);
  }
}
