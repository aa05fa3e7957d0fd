/** A child process that answers requests: what is measured and what loads it must not share a process. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

export interface Child {
  pid: number;
  /** Calls a function of the child. Rejects with what the child threw. */
  call<T>(name: string, argument?: unknown): Promise<T>;
  end(): Promise<void>;
}

type Functions = Record<string, (argument: never) => unknown>;
interface Request {
  id: number;
  name: string;
  argument: unknown;
}
interface Reply {
  id: number;
  value?: unknown;
  error?: string;
}

export function startChild(url: URL, execArgv: string[] = []): Child {
  const child = fork(url, { execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let requests = 0;
  child.on("message", ({ id, value, error }: Reply) => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) waiter?.resolve(value);
    else waiter?.reject(new Error(error));
  });
  child.on("exit", (code, signal) => {
    for (const waiter of waiting.values())
      waiter.reject(new Error(`${url.pathname} ended: ${code ?? signal}`));
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    call<T>(name: string, argument?: unknown): Promise<T> {
      const waiter = Promise.withResolvers<unknown>();
      waiting.set(++requests, waiter);
      child.send({ id: requests, name, argument } satisfies Request);
      return waiter.promise as Promise<T>;
    },
    end: () => endChild(child),
  };
}

/** In the child: answers the parent's calls, and ends when the parent is gone. */
export function serveParent(functions: Functions): void {
  process.on("disconnect", () => process.exit());
  process.on("message", async ({ id, name, argument }: Request) => {
    const reply: Reply = { id };
    try {
      reply.value = await functions[name]?.(argument as never);
    } catch (error) {
      reply.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    process.send?.(reply);
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
