/** Postgres in WASM, inside this process: one session, lent to one transaction after the other. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextEventLoopTurn } from "node:timers/promises";
import { PGlite, protocol } from "@electric-sql/pglite";
import type { Logger } from "drizzle-orm";
import { drizzle } from "drizzle-orm/pglite";
import type { Driver, NamedStatement, Pipeline, TextRow, Transaction } from "../connection.ts";
import { lockDirectory } from "../directory-lock.ts";
import { registerPipeline } from "../reading.ts";
import { textsOf, unparsed } from "./pipeline-query.ts";

export interface PgliteOptions {
  directory?: string | undefined;
  /** A tar of the files to start from. */
  image?: Blob | undefined;
  logger?: Logger | undefined;
}

/**
 * Without a directory the database lives as long as the process. With one, its files are in
 * `<directory>/postgres`, and `<directory>/parley.lock` is held while it is open, because PGlite itself would
 * let two processes write to the same files.
 */
export async function openPglite(options: PgliteOptions): Promise<Driver> {
  const { directory, logger } = options;
  const loadDataDir = options.image === undefined ? {} : { loadDataDir: options.image };
  if (directory === undefined) return driverOf(await PGlite.create(loadDataDir), { logger });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory);
  try {
    const client = await PGlite.create({ ...loadDataDir, dataDir: join(directory, "postgres") });
    return driverOf(client, { logger, release: () => lock.release() });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Exported for those who made the client themselves. */
export function driverOf(
  client: PGlite,
  { logger, release }: { logger?: Logger | undefined; release?: () => Promise<void> } = {},
): Driver {
  const tx = drizzle({ client, ...(logger ? { logger } : {}) }) as Transaction;
  const pipeline = pipelineOf(client, logger);
  registerPipeline(tx, pipeline);
  const connection = {
    tx,
    pipeline,
    run: async (statements: string) => {
      const results: { command?: string }[] = await client.exec(statements);
      return results.at(-1)?.command ?? "";
    },
    // There is but this one.
    discard() {},
  };
  /** The end of whoever came last: each waits for the one before. */
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    // A queue of transactions is one long chain of promises, since this database answers within the turn: without a
    // break nothing else of the process, not even a health check, would be heard before the last one.
    const turn = queue.then(() => nextEventLoopTurn()).then(work);
    queue = turn.catch(() => {});
    return turn;
  };
  return {
    name: "pglite",
    withConnection: (work) => inTurn(() => work(connection)),
    close: () => inTurn(() => client.close()).finally(() => release?.()),
  };
}

/** As drivers/pipeline-query.ts, over the embedded database's own line. */
function pipelineOf(client: PGlite, logger: Logger | undefined): Pipeline {
  const { serialize, messages } = protocol;
  const parsed = new Map<string, string>();
  const messagesOf = (statement: NamedStatement, texts: Map<string, string>): Uint8Array[] => {
    const { name, text } = statement;
    // After a failure nobody knows how far the server came; closing what isn't there is fine.
    const parse = texts.delete(name)
      ? [serialize.close({ type: "S", name }), serialize.parse({ name, text })]
      : [];
    return [...parse, serialize.bind({ statement: name, values: textsOf(statement) }), serialize.execute({})];
  };
  return async (statements) => {
    for (const { text, values } of statements) logger?.logQuery(text, [...values]);
    const texts = unparsed(statements, parsed);
    const sent = statements.flatMap((statement) => messagesOf(statement, texts));
    // By itself it doesn't wait for the one before, and their answers get mixed up.
    const answer = await client.runExclusive(() =>
      client.execProtocol(Buffer.concat([...sent, serialize.sync()]), { throwOnError: true }),
    );
    const results: TextRow[][] = [];
    let rows: TextRow[] = [];
    for (const message of answer.messages) {
      if (message instanceof messages.DataRowMessage) rows.push(message.fields);
      if (message instanceof messages.CommandCompleteMessage) {
        results.push(rows);
        rows = [];
      }
    }
    for (const { name, text } of statements) parsed.set(name, text);
    return results;
  };
}
