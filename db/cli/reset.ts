/** `npm run db:reset`: empties the database and migrates it anew. Asks first, or `-- --yes`. */
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import type { Database } from "../client.ts";
import { migrate } from "../migrate.ts";
import { fail, runCommand, say } from "./command.ts";

try {
  const { values } = parseArgs({ options: { yes: { type: "boolean", default: false } } });
  await runCommand("reset the database", async (database) => {
    if (!values.yes && !(await confirmed(database.name)))
      throw new Error("not confirmed; nothing was changed.");
    await empty(database);
    await migrate(database, { progress: say });
    say(`${database.name} is empty. Fill it: npm run db:seed`);
  });
} catch (error) {
  fail("reset the database", error);
}

async function confirmed(name: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error("nobody is there to confirm it; say --yes.");
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`Delete everything in ${name}? Type "yes": `);
  prompt.close();
  return answer.trim().toLowerCase() === "yes";
}

/** Both roles stay: they belong to the whole cluster. */
async function empty(database: Database): Promise<void> {
  await database.driver.withConnection(({ run }) =>
    run("drop schema public cascade; create schema public; drop schema if exists drizzle cascade"),
  );
}
