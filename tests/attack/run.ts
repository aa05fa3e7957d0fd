/** `npm run test:attack`: each attack of the security design against a real server, one line each. */
import { Arena } from "./arena.ts";
import { attacks } from "./attacks.ts";
import { Siege } from "./siege.ts";

/** `npm run test:attack -- replay` runs those whose name has the word. */
const wanted = process.argv[2];
const chosen = attacks.filter(({ name }) => wanted === undefined || name.includes(wanted));

const siege = await Siege.begin(await Arena.open());
let fell = 0;
for (const attack of chosen) {
  const { facts, failures, disturbances } = await siege.perform(attack);
  const all = [...failures, ...disturbances];
  if (all.length > 0) fell++;
  const verdict = all.length === 0 ? "resisted" : "FELL    ";
  const measured = [...facts, ...all.map((failure) => `NOT: ${failure}`)].join("; ");
  process.stdout.write(`${verdict}  ${attack.name} — ${measured}\n`);
}
process.stdout.write(`\n${chosen.length - fell} resisted, ${fell} fell\n`);
await siege.end();
process.exit(fell > 0 || chosen.length === 0 ? 1 : 0);
