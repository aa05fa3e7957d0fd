/**
 * `node tests/attack/mutations.ts [word]`: is each attack seen when its guard is gone? Starts a server without the
 * guard for each, so it takes a quarter of an hour; it is no part of `npm test`.
 */
import type { Attack } from "./attack.ts";
import { attacks } from "./attacks.ts";
import { loadWith, type Mutation } from "./mutation.ts";
import { mutations } from "./mutations/all.ts";
import { Siege } from "./siege.ts";

/** Where a guard is gone, an attack may wait for an end that never comes. */
const ATTACK_MS_MAX = 45_000;

const wanted = process.argv[2] ?? "";
let seen = 0;
let unseen = 0;
for (const attack of attacks.filter(({ name }) => name.includes(wanted)))
  for (const mutation of mutations[attack.name] ?? []) {
    const failures = await performWithout(mutation, attack);
    if (failures.length > 0) seen++;
    else unseen++;
    const verdict = failures.length > 0 ? "seen  " : "UNSEEN";
    const told = failures.map((failure) => `NOT: ${failure}`).join("; ");
    process.stdout.write(`${verdict}  ${attack.name} — without “${mutation.removes}”: ${told}\n`);
  }
process.stdout.write(`\n${seen} seen, ${unseen} unseen\n`);
process.exit(unseen > 0 || seen === 0 ? 1 : 0);

/** A busy machine's disturbances don't count: the attack itself must notice. */
async function performWithout({ edits, inAttacker }: Mutation, attack: Attack): Promise<readonly string[]> {
  const siege = await Siege.begin(edits);
  const here = inAttacker ? loadWith(edits) : undefined;
  const { failures } = await siege.perform(attack, ATTACK_MS_MAX);
  here?.undo();
  await siege.end();
  return failures;
}
