/**
 * Which cores a bench runs on. A control plane has its own, and Postgres has others; on one machine with few of them
 * they take each other's, and what is measured is the machine.
 */
import { spawnSync } from "node:child_process";

/** Moves this process, and what it starts from then on, to these cores. */
export interface Cores {
  useFirst(): void;
  useOthers(): void;
  useAll(): void;
}

/** Undefined where they can't be chosen: with one core, or without util-linux's `taskset`. */
export function chooseCores(): Cores | undefined {
  const [, list = ""] = /affinity list: ([\d,-]+)/.exec(taskset("-cp", `${process.pid}`)) ?? [];
  const [first, ...others] = list.split(",").flatMap(each);
  if (first === undefined || others.length === 0) return undefined;
  // All threads: libuv's pool may be there already.
  const use = (cores: readonly number[]) => {
    if (taskset("-acp", cores.join(","), `${process.pid}`) === "")
      throw new Error(`taskset can't move this process to ${cores.join(",")}`);
  };
  return {
    useFirst: () => use([first]),
    useOthers: () => use(others),
    useAll: () => use([first, ...others]),
  };
}

const taskset = (...options: string[]): string =>
  spawnSync("taskset", options, { encoding: "utf8" }).stdout ?? "";

/** "3" or "0-2". */
function each(range: string): number[] {
  const [from = 0, to = from] = range.split("-").map(Number);
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
