/** `npm run db:quota -- ACME --voices 50`: shows what an organisation may hold, and changes what is named. */
import { parseArgs } from "node:util";
import * as Organizations from "../queries/organizations.ts";
import { withSystem } from "../scope.ts";
import { fail, runCommand, say } from "./command.ts";

const text = { type: "string" } as const;

try {
  const options = { members: text, channels: text, voices: text };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [tag] = positionals;
  if (tag === undefined || positionals.length > 1)
    throw new Error("name one organisation by its tag: npm run db:quota -- ACME --voices 50");
  const change = {
    ...asked("membersMax", values.members, { min: 1, max: 2_147_483_647 }),
    ...asked("channelsMax", values.channels, { min: 0, max: 500 }),
    ...asked("voicesMax", values.voices, { min: 0, max: 2_147_483_647 }),
  };
  await runCommand("set quotas", async (database) => {
    await withSystem(database, async (tx) => {
      const found = await Organizations.findByTag(tx, tag);
      if (!found) throw new Error(`there is no organisation ${tag}.`);
      const isChange = Object.keys(change).length > 0;
      const row = await (isChange
        ? Organizations.update(tx, found.id, change)
        : Organizations.find(tx, found.id));
      if (!row) throw new Error(`there is no organisation ${tag}.`);
      const voices = row.voicesMax === 0 ? "any number of" : row.voicesMax;
      say(
        `${row.tag} may hold ${row.membersMax} members (${row.memberCount} now), ${row.channelsMax} channels (${row.channelCount} now) and ${voices} people in voice at once.`,
      );
    });
  });
} catch (error) {
  fail("set quotas", error);
}

/** Nothing where it wasn't asked for. */
function asked<Name extends string>(
  name: Name,
  given: string | undefined,
  { min, max }: { min: number; max: number },
): Partial<Record<Name, number>> {
  if (given === undefined) return {};
  const value = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new Error(`--${name.replace("Max", "")} is a whole number from ${min} to ${max}, not "${given}".`);
  }
  return { [name]: value } as Record<Name, number>;
}
