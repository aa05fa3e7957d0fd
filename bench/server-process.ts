/** `npm start` as its own process, so that its time and memory are its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface ServerProcess {
  origin: string;
  /** From spawn to the printed address. */
  startMs: number;
  rssBytes(): Promise<number>;
  stop(): Promise<void>;
}

export async function startServerProcess(): Promise<ServerProcess> {
  const directory = await mkdtemp(join(tmpdir(), "parley-bench-"));
  const main = resolve(import.meta.dirname, "../standalone/main.ts");
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: "0", HOST: "127.0.0.1", DATA_DIR: directory },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const origin = await printedAddress(child);
  return {
    origin,
    startMs: performance.now() - startedAtMs,
    rssBytes: () => residentBytes(child.pid ?? 0),
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function printedAddress(child: ChildProcess): Promise<string> {
  let output = "";
  // Leaving the loop must not destroy the stream: the server would die of EPIPE at its next word.
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    output += String(chunk);
    const address = /http:\/\/localhost:\d+/.exec(output)?.[0];
    if (address) {
      child.stdout?.resume();
      return address;
    }
  }
  throw new Error(`The server ended before it was ready:\n${output}`);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
