/** `npm run db:seed`: makes the demo organisation; `-- --force-demo` insists on a production stage. */
import { parseArgs } from "node:util";
import { migrate } from "../migrate.ts";
import { seed } from "../seed.ts";
import { fail, runCommand, say } from "./command.ts";

try {
  const { values } = parseArgs({ options: { "force-demo": { type: "boolean", default: false } } });
  await runCommand("seed the database", async (database, env) => {
    await migrate(database, { progress: say });
    const made = await seed(database, { production: env.isProduction, force: values["force-demo"] });
    say(
      made
        ? `${database.name}: made the organisation DEMO (demo / demo123).`
        : `${database.name} has the demo data already.`,
    );
  });
} catch (error) {
  fail("seed the database", error);
}
