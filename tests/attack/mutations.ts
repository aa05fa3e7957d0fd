/**
 * `npm run test:mutations -- [word]`: is each attack seen when its guard is gone? It must fail on a media node
 * as it is, and get through on one without the guard. Each guard takes a node of its own, so this is no part of
 * `npm test`.
 */
import { Arena } from "./arena.ts";
import type { Attack } from "./attack.ts";
import { attacks } from "./attacks.ts";
import { loadWith, type Mutation } from "./mutation.ts";
import { mutations } from "./mutations/all.ts";
import { Siege } from "./siege.ts";

/** Where a guard is gone, an attack may wait for an end that never comes. */
const ATTACK_MS_MAX = 45_000;

const wanted = process.argv[2] ?? "";
const counts = { seen: 0, unseen: 0 };
const intact = await Siege.begin(await Arena.openNode([]));
for (const attack of attacks.filter(({ name }) => name.includes(wanted))) {
  tell(attack, "as it is", (await intact.perform(attack)).failures, false);
  for (const mutation of mutations[attack.name] ?? [])
    tell(attack, `without “${mutation.removes}”`, await performWithout(mutation, attack), true);
}
await intact.end();
process.stdout.write(`\n${counts.seen} seen, ${counts.unseen} unseen or fallen\n`);
process.exit(counts.unseen > 0 || counts.seen === 0 ? 1 : 0);

/** A busy machine's disturbances don't count: the attack itself must notice. */
async function performWithout({ edits, inAttacker }: Mutation, attack: Attack): Promise<readonly string[]> {
  const siege = await Siege.begin(await Arena.openNode(edits));
  const here = inAttacker ? loadWith(edits) : undefined;
  const { failures } = await siege.perform(attack, ATTACK_MS_MAX);
  here?.undo();
  await siege.end();
  return failures;
}

function tell({ name }: Attack, node: string, failures: readonly string[], shouldFall: boolean): void {
  const isRight = failures.length > 0 === shouldFall;
  if (!isRight) counts.unseen++;
  else if (shouldFall) counts.seen++;
  const verdict = isRight ? (shouldFall ? "seen    " : "resisted") : shouldFall ? "UNSEEN  " : "FELL    ";
  const told = failures.map((failure) => `; NOT: ${failure}`).join("");
  process.stdout.write(`${verdict}  ${name} — ${node}${told}\n`);
}
