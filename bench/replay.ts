/** Records what a piece of work says to Postgres, and says the same again through the bare driver. */
import { neonConfig, Pool } from "@neondatabase/serverless";
import type { Database } from "@parley/db/client";
import type { NamedStatement } from "@parley/db/connection";
import { tcpWebSocket } from "@parley/db/drivers/tcp-web-socket";
import type { StatementRecorder } from "@parley/db/testing/explain";

interface Message {
  text: string;
  /** Undefined for the simple protocol: BEGIN and COMMIT with what goes along. */
  values?: unknown[];
}

// biome-ignore lint/suspicious/noExplicitAny: as the driver has it
export type Row = Record<string, any>;

/** A database that notes every message of one transaction at a time. */
export async function recordMessages(
  database: Database,
  recorder: StatementRecorder,
  work: (database: Database) => Promise<unknown>,
): Promise<Message[]> {
  const messages: Message[] = [];
  const takeQueries = () => {
    for (const { statement, params } of recorder.statements.splice(0))
      messages.push({ text: statement, values: params });
  };
  recorder.statements.length = 0;
  const noting: Database = {
    ...database,
    driver: {
      ...database.driver,
      withConnection: (lend) =>
        database.driver.withConnection((connection) =>
          lend({
            ...connection,
            async run(text) {
              takeQueries();
              messages.push({ text });
              return connection.run(text);
            },
            pipeline(statements) {
              takeQueries();
              messages.push(...asMessages(statements));
              const rows = connection.pipeline(statements);
              // Noted already: a query is heard of when it is sent.
              recorder.statements.length = 0;
              return rows;
            },
          }),
        ),
    },
  };
  await work(noting);
  return messages;
}

/**
 * What the bare driver has to say for the same: it sends one statement and waits for its answer, so role and tenant are
 * taken in a transaction, and BEGIN takes the first of them along.
 */
function asMessages([scope, ...statements]: readonly NamedStatement[]): Message[] {
  if (!scope?.name.startsWith("take_")) throw new Error("a pipeline takes its role first");
  const take = scope.text.replace("$1", `'${scope.values[0]}'`);
  return [
    { text: `begin; ${take}` },
    ...statements.map(({ text, values }) => ({ text, values: [...values] })),
    { text: "commit" },
  ];
}

export class BarePool {
  readonly #pool: Pool;

  constructor(url: string, max: number) {
    const { hostname, port } = new URL(url);
    neonConfig.webSocketConstructor = tcpWebSocket({
      host: hostname,
      port: Number(port),
      sslMode: "disable",
    }) as never;
    neonConfig.wsProxy = () => "localhost";
    neonConfig.useSecureWebSocket = false;
    neonConfig.pipelineTLS = false;
    neonConfig.pipelineConnect = false;
    neonConfig.coalesceWrites = false;
    this.#pool = new Pool({ connectionString: url, max });
  }

  /** Gives the rows of each message. `fresh` replaces what may be inserted once only. Statements are prepared by name, as ours are. */
  async replay(
    name: string,
    messages: readonly Message[],
    fresh = (value: unknown): unknown => value,
  ): Promise<Row[][]> {
    const client = await this.#pool.connect();
    try {
      const results: Row[][] = [];
      for (const [index, { text, values }] of messages.entries()) {
        const { rows } = await client.query(
          values === undefined ? text : { name: `${name}_${index}`, text, values: values.map(fresh) },
        );
        results.push(rows);
      }
      return results;
    } finally {
      client.release();
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
