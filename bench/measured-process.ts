/** A child process whose CPU time and memory are measured apart from the load that it gets. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

export interface Usage {
  cpuMs: number;
  rssBytes: number;
}

export class MeasuredProcess<Ready> {
  readonly ready: Ready;
  readonly #child: ChildProcess;
  #asked = 0;

  /** `script` is a file of this folder that calls `serveMeasured`. */
  static async start<Ready>(script: string): Promise<MeasuredProcess<Ready>> {
    const child = fork(resolve(import.meta.dirname, script), {
      // The young generation at its full size from the start: its growth is nobody's cost.
      execArgv: ["--expose-gc", "--min-semi-space-size=16"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.setMaxListeners(0);
    const [ready] = (await once(child, "message")) as [Ready];
    return new MeasuredProcess(child, ready);
  }

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.ready = ready;
  }

  usage(): Promise<Usage> {
    return this.ask("usage", undefined) as Promise<Usage>;
  }

  /** So that memory can be compared. It takes CPU time that isn't the load's: measure that beforehand. */
  async collectGarbage(): Promise<void> {
    await this.ask("collectGarbage", undefined);
  }

  /** Answers what the child's handler of that name answered. */
  ask(name: string, input: unknown): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      const listen = (message: { id: number; output: unknown }) => {
        if (message.id !== id) return;
        this.#child.off("message", listen);
        resolve(message.output);
      };
      this.#child.on("message", listen);
      this.#child.send({ id, name, input });
    });
  }

  async end(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }
}

/** The child's side: says what it is ready with, then answers. */
export function serveMeasured(
  ready: unknown,
  handlers: Record<string, (input: unknown) => unknown> = {},
): void {
  const all: typeof handlers = { usage, collectGarbage, ...handlers };
  process.on("message", async ({ id, name, input }: { id: number; name: string; input: unknown }) => {
    const output = await all[name]?.(input);
    process.send?.({ id, output });
  });
  // However the parent ended.
  process.on("disconnect", () => process.exit());
  process.send?.(ready);
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, rssBytes: process.memoryUsage.rss() };
}

function collectGarbage(): void {
  globalThis.gc?.();
  globalThis.gc?.();
}
