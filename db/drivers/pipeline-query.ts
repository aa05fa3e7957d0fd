/**
 * Several statements in one message to Postgres, as one query of node-postgres: its own queries wait for an answer
 * each. The extended protocol allows it ("Pipelining" in PostgreSQL's "Message Flow"): what comes before one Sync is
 * one transaction.
 */
import type { NamedStatement, TextRow } from "../connection.ts";

/** What of node-postgres' connection is used here; pg-cursor and pg-query-stream stand on the same. */
interface ProtocolConnection {
  close(message: { type: "S"; name: string }): void;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly (string | null)[] }): void;
  execute(message: object): void;
  sync(): void;
}

/** `Submittable` of node-postgres. The promise settles when all is answered. */
export class PipelineQuery {
  readonly rows: Promise<TextRow[][]>;
  readonly #statements: readonly NamedStatement[];
  readonly #parsed: Set<string>;
  readonly #results: TextRow[][] = [];
  #current: TextRow[] = [];
  #resolve!: (rows: TextRow[][]) => void;
  #reject!: (error: unknown) => void;

  /** `parsed`: names of statements that this connection knows. It is kept up to date. */
  constructor(statements: readonly NamedStatement[], parsed: Set<string>) {
    this.#statements = statements;
    this.#parsed = parsed;
    this.rows = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: ProtocolConnection): void {
    for (const { name, text, values } of this.#statements) {
      if (!this.#parsed.has(name)) {
        // After a failure nobody knows how far the server came; closing what isn't there is fine.
        connection.close({ type: "S", name });
        connection.parse({ name, text });
      }
      connection.bind({ statement: name, values });
      connection.execute({});
    }
    connection.sync();
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#current.push(fields);
  }

  handleCommandComplete(): void {
    this.#results.push(this.#current);
    this.#current = [];
  }

  handleReadyForQuery(): void {
    for (const { name } of this.#statements) this.#parsed.add(name);
    this.#resolve(this.#results);
  }

  /** The server skips what is left, up to the Sync, and undoes what was done. */
  handleError(error: unknown): void {
    this.#reject(error);
  }
}
