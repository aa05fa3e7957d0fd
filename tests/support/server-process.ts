/** `npm start` as its own process, so that it can be killed, and its time and memory are its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { START_FLAGS } from "./start-flags.ts";

export interface ServerProcess {
  origin: string;
  /** From spawn to the printed address. */
  startMs: number;
  rssBytes(): Promise<number>;
  /** What it has told people so far. */
  said(): string;
  /** Its log so far: JSON lines. */
  logged(): string;
  /** Sends a signal and waits for the end; answers the exit code, null after SIGKILL. */
  end(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

export type Settings = Record<string, string>;

const MAIN = resolve(import.meta.dirname, "../../standalone/main.ts");

const LOG_CHARACTERS_MAX = 1_000_000;

interface Launch {
  /** Arguments of `npm start`. */
  options?: readonly string[];
  /** Network namespace to run in; the tests' own if undefined. */
  namespace?: string;
}

function spawnServer(settings: Settings, { options = [], namespace }: Launch = {}): ChildProcess {
  const command = [process.execPath, ...START_FLAGS, MAIN, ...options];
  const [program = "", ...words] = namespace ? ["ip", "netns", "exec", namespace, ...command] : command;
  return spawn(program, words, {
    env: {
      ...process.env,
      NODE_ENV: "",
      PORT: "0",
      HOST: "127.0.0.1",
      JOINS_PER_MINUTE: "1000",
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export async function startServerProcess(
  settings: Settings & { DATA_DIR: string },
  launch: Launch = {},
): Promise<ServerProcess> {
  const startedAtMs = performance.now();
  const child = spawnServer(settings, launch);
  const exited = once(child, "exit");
  child.stderr?.pipe(process.stderr, { end: false });
  let logged = "";
  child.stderr?.on("data", (chunk) => {
    logged = `${logged}${chunk}`.slice(-LOG_CHARACTERS_MAX);
  });
  const ready = Promise.withResolvers<string>();
  let said = "";
  child.stdout?.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-LOG_CHARACTERS_MAX);
    const address = /(https?:\/\/localhost:\d+)\n/.exec(said)?.[1];
    if (address) ready.resolve(address);
  });
  child.stdout?.once("end", () => ready.reject(new Error(`The server ended before it was ready:\n${said}`)));
  const origin = await ready.promise;
  return {
    origin,
    startMs: performance.now() - startedAtMs,
    said: () => said,
    logged: () => logged,
    rssBytes: () => residentBytes(child.pid ?? 0),
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** A start that is meant to fail: its exit code and what it said on standard error. */
export async function failToStart(
  settings: Settings,
  launch: Launch = {},
): Promise<{ code: number; message: string }> {
  const child = spawnServer(settings, launch);
  let message = "";
  child.stderr?.on("data", (chunk) => {
    message += chunk;
  });
  const [code] = await once(child, "close");
  return { code, message };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
