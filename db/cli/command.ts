/** What the database's commands share: open, work, close; one sentence and exit code 1 on failure. */
import { type Database, openDatabase, sanitizeUrl } from "../client.ts";
import { type Environment, readEnvironment } from "./env.ts";

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

export async function runCommand(
  task: string,
  work: (database: Database, env: Environment) => Promise<void>,
): Promise<void> {
  try {
    const env = readEnvironment(process.env);
    say(`Opening ${sanitizeUrl(env.databaseUrl)} …`);
    const database = await openDatabase(env.databaseUrl, { poolMax: 2 });
    try {
      await work(database, env);
    } finally {
      await database.close();
    }
  } catch (error) {
    fail(task, error);
  }
}

export function fail(task: string, error: unknown): void {
  process.stderr.write(`Could not ${task}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
