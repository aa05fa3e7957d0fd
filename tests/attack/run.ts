/**
 * `npm run test:attack`: each attack of the security design against a real server, one line each. Beside what
 * an attack checks itself, the server's event loop must not be held for 50 ms and a call that goes on in
 * another room must lose nothing.
 */
import type { ChannelId } from "@parley/contract/ids";
import { Arena } from "./arena.ts";
import type { Attack, Scene } from "./attack.ts";
import { dtlsAttacks } from "./dtls.ts";
import { exhaustionAttacks } from "./exhaustion.ts";
import { floodAttacks } from "./flood.ts";
import { Bystanders, heard } from "./listening.ts";
import { rtpAttacks } from "./rtp.ts";
import { sdpAttacks } from "./sdp.ts";
import { stunAttacks } from "./stun.ts";
import { tokenAttacks } from "./token.ts";
import { webSocketAttacks } from "./web-socket.ts";

const LAG_MS_MAX = 50;
const attacks: readonly Attack[] = [
  ...stunAttacks,
  ...dtlsAttacks,
  ...rtpAttacks,
  ...sdpAttacks,
  ...tokenAttacks,
  ...webSocketAttacks,
  ...floodAttacks,
  ...exhaustionAttacks,
];

/** `npm run test:attack -- replay` runs those whose name has the word. */
const wanted = process.argv[2];
const chosen = attacks.filter(({ name }) => wanted === undefined || name.includes(wanted));

const arena = await Arena.open();
const rooms = roomIds();
const quiet = { ch: rooms.next().value };
const bystanders = new Bystanders(await arena.join(quiet), await arena.join(quiet));
let fell = 0;
for (const attack of chosen) {
  const { facts, failures } = await perform(attack);
  if (failures.length > 0) fell++;
  const verdict = failures.length === 0 ? "resisted" : "FELL    ";
  const measured = [...facts, ...failures.map((failure) => `NOT: ${failure}`)].join("; ");
  process.stdout.write(`${verdict}  ${attack.name} — ${measured}\n`);
}
bystanders.stop();
process.stdout.write(`\n${chosen.length - fell} resisted, ${fell} fell\n`);
await arena.close();
process.exit(fell > 0 || chosen.length === 0 ? 1 : 0);

async function perform(attack: Attack): Promise<{ facts: string[]; failures: string[] }> {
  const facts: string[] = [];
  const failures: string[] = [];
  const room = { ch: rooms.next().value };
  const members = attack.needsCall === false ? [] : await Promise.all([arena.join(room), arena.join(room)]);
  await bystanders.account();
  await arena.vitals();
  const scene = {
    arena,
    note: (fact: string) => facts.push(fact),
    require: (holds: boolean, what: string) => {
      if (!holds) failures.push(what);
    },
    victim: members[0],
    listener: members[1],
  } as Scene;
  try {
    await attack.run(scene);
    if (scene.victim) {
      const count = await heard(scene.victim, scene.listener);
      facts.push(`${count} of 5 packets of the call heard after it`);
      scene.require(count === 5, "the call goes on");
    }
  } catch (error) {
    failures.push(`ended with ${error}`);
  }
  const { lagMs } = await arena.vitals();
  const { sent, lost } = await bystanders.account();
  facts.push(`loop held ${lagMs.toFixed(1)} ms, others lost ${lost} of ${sent}`);
  scene.require(lagMs < LAG_MS_MAX, `the event loop is held less than ${LAG_MS_MAX} ms`);
  scene.require(lost === 0, "others lose nothing");
  await Promise.all(members.map((member) => member.leave()));
  return { facts, failures };
}

function* roomIds(): Generator<ChannelId, never> {
  for (let number = 1; ; number++)
    yield `01890000-0000-7000-8000-${String(number).padStart(12, "0")}` as ChannelId;
}
