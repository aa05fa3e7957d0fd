/**
 * A Postgres cluster of a test run's own, on a free port of the loopback, gone with the run. Finds what it needs:
 * `TEST_DATABASE_URL`, else the machine's binaries, else a Docker engine, else, as root on Debian, apt-get.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installDebianPackages } from "./debian-packages.ts";

export interface PostgresServer {
  /** Of a log-in role that may create databases and roles, and is no superuser. */
  url(database: string): string;
  /** The postmaster's pid, for tests that kill it; undefined where the server isn't ours. */
  pid(): number | undefined;
  /** Ends the postmaster and all its backends without a chance to write, as a crash does. */
  kill(): Promise<void>;
  /** Starts again after `kill`, on the same port and files. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const ROLE = "voip";
const PASSWORD = "p@ss/word";
const ADMIN = "parley_test_admin";
const READY_MS_MAX = 60_000;
const STARTS_MAX = 20;

export interface PostgresServerOptions {
  /** Further settings, as `-c` of the postmaster takes them. */
  settings?: Record<string, string>;
}

export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined && given !== "") return externalServer(given);
  const binaries = findBinaries() ?? (hasDocker() ? undefined : installBinaries());
  return binaries === undefined ? startContainer() : startCluster(binaries, options);
}

function externalServer(given: string): PostgresServer {
  const url = (database: string) => Object.assign(new URL(given), { pathname: `/${database}` }).href;
  const refuse = async () => {
    throw new Error("This test kills its Postgres; unset TEST_DATABASE_URL to let it start one of its own.");
  };
  return { url, pid: () => undefined, kill: refuse, start: refuse, stop: async () => {} };
}

async function startCluster(binaries: string, options: PostgresServerOptions): Promise<PostgresServer> {
  const directory = mkdtempSync(join(tmpdir(), "parley-postgres-"));
  const owner = unprivilegedUser();
  if (owner) chownSync(directory, owner.uid, owner.gid);
  const data = join(directory, "data");
  execFileSync(
    join(binaries, "initdb"),
    [
      "-D",
      data,
      "-U",
      ADMIN,
      "--auth-local=trust",
      "--auth-host=scram-sha-256",
      "-E",
      "UTF8",
      "--locale=C.UTF-8",
    ],
    { ...owner, stdio: "ignore", cwd: directory },
  );
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: directory,
    // A crash of the process loses nothing without it; a power cut is not what these tests are about.
    fsync: "off",
    max_connections: "200",
    shared_buffers: "256MB",
    ...options.settings,
  };
  let child = spawnPostmaster();
  const psql = (sql: string) =>
    spawnSync(
      join(binaries, "psql"),
      ["-h", directory, "-p", String(port), "-U", ADMIN, "-d", "postgres", "-qc", sql],
      {
        encoding: "utf8",
      },
    );

  function spawnPostmaster() {
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    return spawn(join(binaries, "postgres"), ["-D", data, ...args], {
      ...owner,
      stdio: "ignore",
      cwd: directory,
    });
  }

  async function ready(): Promise<void> {
    const deadlineMs = performance.now() + READY_MS_MAX;
    for (;;) {
      const { status, stderr } = psql("select 1");
      if (status === 0) return;
      if (child.exitCode !== null || performance.now() > deadlineMs)
        throw new Error(`Postgres did not start in ${directory}: ${stderr}`);
      await sleep(50);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  await ready();
  const created = psql(`create role ${ROLE} login createdb createrole password '${PASSWORD}'`);
  if (created.status !== 0) throw new Error(`Could not create the role of the tests: ${created.stderr}`);

  return {
    url: (database) => `postgres://${ROLE}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`,
    pid: () => child.pid,
    // The backends see their postmaster die and follow it at once.
    kill: () => end("SIGKILL"),
    async start() {
      // Backends of the killed one may hold its shared memory for a moment longer: Postgres then refuses to start.
      for (let attempt = 1; ; attempt++) {
        child = spawnPostmaster();
        try {
          return await ready();
        } catch (error) {
          if (attempt === STARTS_MAX) throw error;
          await sleep(100);
        }
      }
    },
    async stop() {
      // SIGQUIT: immediate shutdown; nothing here is kept.
      await end("SIGQUIT");
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function startContainer(): Promise<PostgresServer> {
  const password = "parley";
  const run = [
    "run",
    "--rm",
    "-d",
    "-p",
    "127.0.0.1::5432",
    "-e",
    `POSTGRES_PASSWORD=${password}`,
    "postgres:15",
  ];
  const id = execFileSync("docker", run, { encoding: "utf8" }).trim();
  const address = execFileSync("docker", ["port", id, "5432/tcp"], { encoding: "utf8" })
    .trim()
    .split("\n")[0];
  const deadlineMs = performance.now() + READY_MS_MAX;
  // Over TCP: the image's first, temporary server listens on the socket alone.
  const isReady = () =>
    spawnSync("docker", ["exec", id, "pg_isready", "-h", "127.0.0.1", "-U", "postgres"]).status === 0;
  while (!isReady()) {
    if (performance.now() > deadlineMs) throw new Error("The Postgres container did not become ready.");
    await sleep(200);
  }
  const server = externalServer(`postgres://postgres:${password}@${address}/postgres`);
  return { ...server, stop: async () => void spawnSync("docker", ["rm", "-f", id]) };
}

function findBinaries(): string | undefined {
  const places = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const versions = places.filter((version) => Number(version) >= 15).sort((a, b) => Number(a) - Number(b));
  const found = versions
    .map((version) => join(DEBIAN, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
  if (found !== undefined) return found;
  const config = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  const bin = config.status === 0 ? config.stdout.trim() : "";
  return bin !== "" && existsSync(join(bin, "initdb")) ? bin : undefined;
}

const DEBIAN = "/usr/lib/postgresql";

const hasDocker = (): boolean => spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0;

function installBinaries(): string {
  installDebianPackages(["postgresql"], (text) => process.stdout.write(`${text}\n`));
  const found = findBinaries();
  if (found !== undefined) return found;
  throw new Error(
    "The tests need PostgreSQL 15 or later: install it (Debian: apt-get install postgresql), start Docker, or set TEST_DATABASE_URL.",
  );
}

/** Postgres refuses to run as root. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string, name: string) =>
    spawnSync("id", [flag, name], { encoding: "utf8" }).stdout.trim();
  const name = id("-u", "postgres") === "" ? "nobody" : "postgres";
  return { uid: Number(id("-u", name)), gid: Number(id("-g", name)) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
