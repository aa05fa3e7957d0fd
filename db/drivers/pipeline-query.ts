/**
 * Several statements in one message to Postgres, as one query of node-postgres: its own queries wait for an answer
 * each. The extended protocol allows it ("Pipelining" in PostgreSQL's "Message Flow"): what comes before one Sync is
 * one transaction.
 */
import assert from "node:assert/strict";
import type { NamedStatement, TextRow } from "../connection.ts";
import { NeverSent } from "../failure.ts";

/** What of node-postgres' connection is used here; pg-cursor and pg-query-stream stand on the same. */
interface ProtocolConnection {
  close(message: { type: "S"; name: string }): void;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly (string | null)[] }): void;
  execute(message: object): void;
  sync(): void;
}

/** `Submittable` of node-postgres. The promise settles when all is answered; with `NeverSent` where nothing can be. */
export class PipelineQuery {
  readonly rows: Promise<TextRow[][]>;
  readonly #statements: readonly NamedStatement[];
  readonly #parsed: Map<string, string>;
  readonly #results: TextRow[][] = [];
  #current: TextRow[] = [];
  #isSent = false;
  #resolve!: (rows: TextRow[][]) => void;
  #reject!: (error: unknown) => void;

  /** `parsed`: names and texts of the statements that this connection knows. It is kept up to date. */
  constructor(statements: readonly NamedStatement[], parsed: Map<string, string>) {
    this.#statements = statements;
    this.#parsed = parsed;
    this.rows = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Gives what keeps it from being sent: thrown, it would end up with whoever comes before, or with the socket. */
  submit(connection: ProtocolConnection): Error | undefined {
    let texts: Map<string, string>;
    try {
      texts = unparsed(this.#statements, this.#parsed);
    } catch (error) {
      this.#reject(error);
      return error as Error;
    }
    this.#isSent = true;
    for (const statement of this.#statements) {
      const { name, text } = statement;
      if (texts.delete(name)) {
        // After a failure nobody knows how far the server came; closing what isn't there is fine.
        connection.close({ type: "S", name });
        connection.parse({ name, text });
      }
      connection.bind({ statement: name, values: textsOf(statement) });
      connection.execute({});
    }
    connection.sync();
    return undefined;
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#current.push(fields);
  }

  handleCommandComplete(): void {
    this.#results.push(this.#current);
    this.#current = [];
  }

  handleReadyForQuery(): void {
    for (const { name, text } of this.#statements) this.#parsed.set(name, text);
    this.#resolve(this.#results);
  }

  /** The server skips what is left, up to the Sync, and undoes what was done. */
  handleError(error: unknown): void {
    this.#reject(this.#isSent ? error : new NeverSent(error));
  }
}

/**
 * Names and texts of those that a connection doesn't know yet; `parsed` are those that it does. Throws where a name has
 * two texts: before anything is sent, since a message that breaks off leaves the connection waiting for its end.
 */
export function unparsed(
  statements: readonly NamedStatement[],
  parsed: ReadonlyMap<string, string>,
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { name, text } of statements) {
    const known = parsed.get(name);
    assert((known ?? texts.get(name) ?? text) === text, `two statements are called ${name}`);
    if (known === undefined) texts.set(name, text);
  }
  return texts;
}

/** What goes into a statement's places, as Postgres reads it from text. */
export const textsOf = ({ values }: NamedStatement): (string | null)[] =>
  values.map((value) => (value === null ? null : String(value)));
