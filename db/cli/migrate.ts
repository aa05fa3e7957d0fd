/** `npm run db:migrate`: brings the database's schema up to date. */
import { migrate } from "../migrate.ts";
import { runCommand, say } from "./command.ts";

await runCommand("migrate the database", async (database) => {
  const count = await migrate(database, { progress: say });
  say(count === 0 ? `${database.name} is up to date.` : `${database.name}: migrations applied: ${count}.`);
});
