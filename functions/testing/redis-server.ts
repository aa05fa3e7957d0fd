/**
 * A Redis of a test run's own, on a free port of the loopback. Finds what it needs: `TEST_REDIS_URL`, else the
 * machine's redis-server, else a Docker engine, else, as root on Debian, apt-get.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installDebianPackages } from "@parley/db/testing/debian-packages";

export interface RedisServer {
  url: string;
  /** Ends it at once, as a crash does. Where the server isn't ours, throws. */
  kill(): Promise<void>;
  /** Ends it, if it runs, and removes its files. */
  stop(): Promise<void>;
}

const READY_MS_MAX = 30_000;

export async function startRedis(): Promise<RedisServer> {
  const given = process.env.TEST_REDIS_URL;
  if (given !== undefined && given !== "") return { url: given, kill: refuse, stop: async () => {} };
  const binary = findBinary();
  if (binary === undefined && hasDocker()) return startContainer();
  return startProcess(binary ?? installBinary());
}

async function refuse(): Promise<never> {
  throw new Error("This test kills its Redis; unset TEST_REDIS_URL to let it start one of its own.");
}

async function startProcess(binary: string): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), "parley-redis-"));
  const port = await freePort();
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", directory];
  const child = spawn(binary, settings, { stdio: "ignore" });
  const exited = once(child, "exit");
  await answers(port, () => child.exitCode !== null);
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exited;
  };
  const stop = async () => {
    await kill();
    rmSync(directory, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, kill, stop };
}

async function startContainer(): Promise<RedisServer> {
  const run = ["run", "--rm", "-d", "-p", "127.0.0.1::6379", "redis:7"];
  const id = execFileSync("docker", run, { encoding: "utf8" }).trim();
  const address = execFileSync("docker", ["port", id, "6379/tcp"], { encoding: "utf8" })
    .trim()
    .split("\n")[0];
  const port = Number(address?.split(":").at(-1));
  await answers(port, () => false);
  const kill = async () => void spawnSync("docker", ["rm", "-f", id]);
  return { url: `redis://127.0.0.1:${port}`, kill, stop: kill };
}

/** Resolves once a PING is answered. */
async function answers(port: number, hasEnded: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + READY_MS_MAX;
  while (!(await ping(port))) {
    if (hasEnded() || performance.now() > deadlineMs) throw new Error("Redis did not start.");
    await sleep(20);
  }
}

const ping = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write("PING\r\n"));
    const answer = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once("data", (data) => answer(data.toString().startsWith("+PONG")));
    socket.once("error", () => answer(false));
    socket.once("close", () => answer(false));
  });

const findBinary = (): string | undefined =>
  ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"].find(existsSync);

const hasDocker = (): boolean => spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0;

function installBinary(): string {
  installDebianPackages(["redis-server"], (text) => process.stdout.write(`${text}\n`));
  const found = findBinary();
  if (found !== undefined) return found;
  throw new Error(
    "The tests need Redis 7: install it (Debian: apt-get install redis-server), start Docker, or set TEST_REDIS_URL.",
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
