/**
 * `npm run bench:accounts`: log-ins beside raw Argon2 hashes and refreshes beside their bare SQL, on a real
 * Postgres; what an unknown name costs beside a wrong password; and health while 200 clients log in. The control plane
 * has a core of its own for the log-ins, and Postgres and Redis the others, as far as they can be chosen (`ownCore`
 * tells). Eight callers log in, and eight callers hash: in `login` each hashes whenever it can, in
 * `loginBesideQueue` they wait for one another as the app's own queue has them, which is faster, so that this is what
 * the rest of a log-in costs. `loginSharingCores` is on all cores, Postgres' and Redis' among them.
 */
import { availableParallelism } from "node:os";
import type { SessionResponse } from "@parley/contract/accounts";
import type { SessionId } from "@parley/contract/ids";
import { openDatabase } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import { hashPassword } from "@parley/db/password-hash";
import * as SessionRows from "@parley/db/queries/sessions";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { startPostgres } from "@parley/db/testing/postgres-server";
import { createApp } from "@parley/functions/app";
import { createBackground } from "@parley/functions/background";
import { createMemoryDirectory } from "@parley/functions/directory/memory";
import { createPasswordQueue, queueOptionsFor } from "@parley/functions/domain/password-queue";
import { generateKeys } from "@parley/functions/keys";
import { createRateLimits } from "@parley/functions/limits/rate-limits";
import { countInRedis } from "@parley/functions/limits/redis";
import { startRedis } from "@parley/functions/testing/redis-server";
import { chooseCores } from "./cores.ts";
import { measureHealth } from "./health-under-logins.ts";
import { percentile } from "./percentile.ts";
import { type Compared, compare } from "./turns.ts";

const PASSWORD = "correct horse battery";
/** So many that nobody reaches the sessions that one may have. */
const PEOPLE = 256;
/** Each may refresh thirty times a minute. */
const REFRESHES_PER_SESSION = 25;
const SESSIONS = 600;
const PAIRS = 200;
/** Beyond it, time would tell which names exist. */
const UNKNOWN_MORE_MS_MAX = 5;
const HEALTH_MS_P99_MAX = 50;

export interface AccountsResult {
  /** Whether Postgres and Redis had other cores than log-ins and hashes. */
  ownCore: boolean;
  operations: Record<string, Compared>;
  wrongPasswordMsP50: number;
  unknownUserMsP50: number;
  unknownUserMsMoreP50: number;
  healthDuringLoginsMsP50: number;
  healthDuringLoginsMsP99: number;
  loginsDuringHealth: number;
}

export async function measureAccounts(progress: (text: string) => void): Promise<AccountsResult> {
  const cores = chooseCores();
  cores?.useOthers();
  const postgres = await startPostgres();
  const redis = await startRedis();
  cores?.useFirst();
  const database = await openDatabase(postgres.url("parley_bench_accounts"), { poolMax: 8 });
  const logger = { info() {}, warn() {}, error() {} };
  const counters = countInRedis(redis.url, logger);
  try {
    await migrate(database);
    await counters.ready();
    const passwordHash = await hashPassword(PASSWORD);
    const now = new Date();
    for (let n = 0; n < PEOPLE; n++) {
      await withSystem(database, (tx) => Users.create(tx, { username: `person${n}`, passwordHash, now }));
    }
    const background = createBackground(logger);
    let callers = 0;
    const common = {
      clientIp: () => `10.${++callers >> 16}.${(callers >> 8) & 255}.${callers & 255}`,
      database,
      directory: createMemoryDirectory(),
      keys: await generateKeys(),
      now: () => new Date(),
      logger,
      background,
    };
    const withDatabase = createApp(common);
    const withRedis = createApp({ ...common, limits: createRateLimits(counters.makeCounter, logger) });
    const post = async (app: typeof withDatabase, path: string, body: object, expected: number) => {
      const headers = { "content-type": "application/json" };
      const response = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
      if (response.status !== expected)
        throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as SessionResponse;
    };
    let turn = 0;
    const logIn = (app: typeof withDatabase) =>
      post(app, "/v1/auth/login", { username: `person${turn++ % PEOPLE}`, password: PASSWORD }, 200);

    const operations: Record<string, Compared> = {};
    progress("measuring log-ins, rates counted in Postgres …");
    operations.login = await compare(
      () => logIn(withDatabase),
      () => hashPassword(PASSWORD),
    );
    progress("measuring log-ins beside hashes in a queue …");
    const queue = createPasswordQueue(queueOptionsFor(availableParallelism()));
    operations.loginBesideQueue = await compare(
      () => logIn(withDatabase),
      () => queue.hash(PASSWORD),
    );
    progress("measuring log-ins, rates counted in Redis …");
    operations.loginWithRedis = await compare(
      () => logIn(withRedis),
      () => hashPassword(PASSWORD),
    );

    cores?.useAll();
    // Made now: an app hashes as many passwords at once as it has cores.
    const onAllCores = createApp(common);
    progress("measuring log-ins, on the database's cores as well …");
    operations.loginSharingCores = await compare(
      () => logIn(onAllCores),
      () => hashPassword(PASSWORD),
    );

    progress("measuring refreshes …");
    const free: { token: string; uses: number; id: SessionId }[] = [];
    for (let n = 0; n < SESSIONS; n++) {
      const { refreshToken = "", sessionId } = await logIn(withRedis);
      free.push({ token: refreshToken, uses: 0, id: sessionId });
    }
    operations.refresh = await compare(
      async () => {
        const session = free.shift();
        if (!session) throw new Error("more sessions are needed");
        const body = { refreshToken: session.token };
        session.token = (await post(withRedis, "/v1/auth/refresh", body, 200)).refreshToken ?? "";
        if (++session.uses < REFRESHES_PER_SESSION) free.push(session);
      },
      () =>
        withSystem(database, async (tx) => {
          const session = await SessionRows.lock(tx, free[turn++ % free.length]?.id as SessionId);
          if (!session) throw new Error("the session is gone");
          await Users.find(tx, session.userId);
          await SessionRows.rotate(tx, { session, tokenHash: session.tokenHash as Uint8Array, now });
        }),
    );

    progress("measuring unknown names beside wrong passwords …");
    const times: { wrong: number[]; unknown: number[] } = { wrong: [], unknown: [] };
    const time = async (username: string) => {
      const startedAtMs = performance.now();
      await post(withRedis, "/v1/auth/login", { username, password: "not the password" }, 401);
      return performance.now() - startedAtMs;
    };
    for (let n = 0; n < PAIRS; n++) {
      const wrong = async () => times.wrong.push(await time(`person${n % PEOPLE}`));
      const unknown = async () => times.unknown.push(await time(`nobody${n}`));
      // Who goes first changes, and neither runs beside what the other has left to do.
      for (const one of n % 2 === 0 ? [wrong, unknown] : [unknown, wrong]) {
        await one();
        await background.settled();
      }
    }
    const wrongPasswordMsP50 = percentile(times.wrong, 0.5);
    const unknownUserMsP50 = percentile(times.unknown, 0.5);

    progress("measuring health while 200 clients log in …");
    return {
      ownCore: cores !== undefined,
      operations,
      wrongPasswordMsP50,
      unknownUserMsP50,
      unknownUserMsMoreP50: unknownUserMsP50 - wrongPasswordMsP50,
      ...(await measureHealth()),
    };
  } finally {
    counters.close();
    await database.close();
    await redis.stop();
    await postgres.stop();
  }
}

/** What of it isn't as promised, in words. */
export function faultsOf({ unknownUserMsMoreP50, healthDuringLoginsMsP99 }: AccountsResult): string[] {
  return [
    ...(Math.abs(unknownUserMsMoreP50) > UNKNOWN_MORE_MS_MAX
      ? [`an unknown name takes ${unknownUserMsMoreP50.toFixed(1)} ms more than a wrong password`]
      : []),
    ...(healthDuringLoginsMsP99 > HEALTH_MS_P99_MAX
      ? [`/healthz takes ${healthDuringLoginsMsP99.toFixed(0)} ms (p99) under log-ins`]
      : []),
  ];
}

if (import.meta.main) {
  const result = await measureAccounts((text) => process.stderr.write(`${text}\n`));
  const { operations, ...times } = result;
  for (const fault of faultsOf(result)) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
  }
  process.stdout.write(
    `${JSON.stringify({ ...operations, ...times }, null, process.argv.includes("--json") ? 0 : 2)}\n`,
  );
}
