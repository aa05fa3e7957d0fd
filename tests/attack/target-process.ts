/** The attacked server's process, as the attacker holds it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { START_FLAGS } from "../support/start-flags.ts";
import type { Vitals } from "./vitals.ts";

export class Target<Ready> {
  readonly ready: Ready;
  /** Rejects when the server ends. */
  readonly died: Promise<never>;
  readonly #child: ChildProcess;

  /** `script` calls `tellVitals`. */
  static async start<Ready>(
    script: string,
    args: readonly string[],
    env: Record<string, string>,
  ): Promise<Target<Ready>> {
    const child = fork(script, args, {
      execArgv: ["--expose-gc", ...START_FLAGS],
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const died = once(child, "exit").then(([code, signal]) => {
      throw new Error(`the server ended with ${code ?? signal}`);
    });
    // Whoever isn't waiting for it learns of it later.
    died.catch(() => {});
    const [ready] = (await Promise.race([once(child, "message"), died])) as [Ready];
    return new Target(child, died, ready);
  }

  private constructor(child: ChildProcess, died: Promise<never>, ready: Ready) {
    this.#child = child;
    this.died = died;
    this.ready = ready;
  }

  vitals(): Promise<Vitals> {
    const answered = once(this.#child, "message");
    this.#child.send("vitals");
    return answered.then(([vitals]) => vitals);
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.send("stop");
    await this.died.catch(() => {});
  }
}
