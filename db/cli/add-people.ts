/** `npm run db:add-people -- --org DEMO --user load-# --people 310 --password …`: accounts for a load test. */
import { parseArgs } from "node:util";
import { PASSWORD_CODE_POINTS_MIN } from "@parley/contract/limits";
import { addPeople } from "../add-people.ts";
import { migrate } from "../migrate.ts";
import { fail, runCommand, say } from "./command.ts";

const PEOPLE_MAX = 10_000;

try {
  const { values } = parseArgs({
    options: {
      org: { type: "string", default: "DEMO" },
      user: { type: "string", default: "load-#" },
      people: { type: "string", default: "100" },
      password: { type: "string", default: "" },
    },
  });
  const count = Number(values.people);
  if (!Number.isSafeInteger(count) || count < 1 || count > PEOPLE_MAX)
    throw new Error(`--people takes a whole number, 1 to ${PEOPLE_MAX}; it got "${values.people}".`);
  if (!values.user.includes("#"))
    throw new Error(`--user needs a # where the number goes, such as load-#; it got "${values.user}".`);
  if ([...values.password].length < PASSWORD_CODE_POINTS_MIN)
    throw new Error(`--password needs at least ${PASSWORD_CODE_POINTS_MIN} characters.`);
  await runCommand("add people", async (database) => {
    await migrate(database, { progress: say });
    const people = { organization: values.org, username: values.user, count, password: values.password };
    const added = await addPeople(database, people);
    say(
      `${database.name}: ${added} new accounts, ${count} members of ${values.org} in all named ${values.user}.`,
    );
  });
} catch (error) {
  fail("add people", error);
}
