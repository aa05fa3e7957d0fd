/**
 * A server under attack, one attack after another. Beside what an attack checks itself, the server's event loop must
 * not be held for 50 ms, no packet may get so far as to make the node throw, and a call that goes on in another room
 * must lose nothing.
 */
import type { ChannelId } from "@parley/contract/ids";
import type { Arena } from "./arena.ts";
import type { Attack, Scene } from "./attack.ts";
import { Bystanders, heard } from "./listening.ts";

const LAG_MS_MAX = 50;
/** Far more than any takes on a busy machine. */
const ATTACK_MS_MAX = 120_000;

export interface Outcome {
  /** What was measured. */
  readonly facts: string[];
  /** What should have been otherwise. */
  readonly failures: string[];
  /** The same of things that a busy machine brings about, too. */
  readonly disturbances: string[];
}

export class Siege {
  readonly #arena: Arena;
  readonly #bystanders: Bystanders;
  readonly #rooms: ReturnType<typeof roomIds>;

  static async begin(arena: Arena): Promise<Siege> {
    const rooms = roomIds();
    const quiet = { ch: rooms.next().value };
    return new Siege(arena, new Bystanders(await arena.join(quiet), await arena.join(quiet)), rooms);
  }

  private constructor(arena: Arena, bystanders: Bystanders, rooms: ReturnType<typeof roomIds>) {
    this.#arena = arena;
    this.#bystanders = bystanders;
    this.#rooms = rooms;
  }

  async perform(attack: Attack, msMax = ATTACK_MS_MAX): Promise<Outcome> {
    const outcome: Outcome = { facts: [], failures: [], disturbances: [] };
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(`no end within ${msMax / 1_000} s`), msMax);
    try {
      await Promise.race([this.#perform(attack, outcome), late.promise, this.#arena.died]);
    } catch (error) {
      outcome.failures.push(`ended with ${error}`);
    }
    clearTimeout(timer);
    return outcome;
  }

  async end(): Promise<void> {
    this.#bystanders.stop();
    await this.#arena.close();
  }

  async #perform(attack: Attack, { facts, failures, disturbances }: Outcome): Promise<void> {
    const arena = this.#arena;
    const room = { ch: this.#rooms.next().value };
    const call = attack.needsCall === false ? [] : await Promise.all([arena.join(room), arena.join(room)]);
    await this.#bystanders.account();
    await arena.vitals();
    const bugs = await arena.counter("internal_error");
    const scene = {
      arena,
      note: (fact: string) => facts.push(fact),
      require: (holds: boolean, what: string) => {
        if (!holds) failures.push(what);
      },
      victim: call[0],
      listener: call[1],
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
    const { sent, lost } = await this.#bystanders.account();
    facts.push(`loop held ${lagMs.toFixed(1)} ms, others lost ${lost} of ${sent}`);
    if (lagMs >= LAG_MS_MAX) disturbances.push(`the event loop is held less than ${LAG_MS_MAX} ms`);
    if (lost > 0) disturbances.push("others lose nothing");
    scene.require((await arena.counter("internal_error")) === bugs, "nothing is thrown past the gate");
    await Promise.all(call.map((member) => member.leave()));
  }
}

function* roomIds(): Generator<ChannelId, never> {
  for (let number = 1; ; number++)
    yield `01890000-0000-7000-8000-${String(number).padStart(12, "0")}` as ChannelId;
}
