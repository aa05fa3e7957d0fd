/** Parley in one process: database, control plane, media node and page behind one port. */
import { relative } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { serveStatic } from "@hono/node-server/serve-static";
import { nodeIdSchema } from "@parley/contract/ids";
import { migrate } from "@parley/db/migrate";
import { isEmpty, seed } from "@parley/db/seed";
import { createApp } from "@parley/functions/app";
import { createMemoryDirectory } from "@parley/functions/directory/memory";
import { createAuthorizationFeed } from "@parley/functions/domain/authorization-feed";
import { publicJwks } from "@parley/functions/keys";
import { createMediaNode } from "@parley/media-node/node";
import { type BoundPort, bindPort } from "@parley/media-node/port/bound-port";
import { servePort } from "@parley/media-node/port/served-port";
import { readTlsPair } from "@parley/media-node/port/tls-files";
import type { Logger } from "pino";
import { openAccountDeps, outboxOf } from "./account-deps.ts";
import type { Environment } from "./env.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { openKeyFile } from "./key-file.ts";
import { serveMetrics } from "./metrics.ts";
import { PAGE_DIRECTORY } from "./page.ts";
import { trackRequests } from "./requests-under-way.ts";
import { openStore, type Say } from "./store.ts";

export interface RunningServer {
  port: number;
  /** Where accounts and channels are, without passwords. */
  databaseName: string;
  /** True when this start made the demo organisation. */
  seeded: boolean;
  /** Tells callers, ends requests, closes the database. Stopping twice is fine. */
  stop(): Promise<void>;
}

export async function startServer(
  env: Environment,
  logger: Logger,
  say: Say = () => {},
): Promise<RunningServer> {
  // A wrong certificate is said before anything is opened.
  if (env.tls) await readTlsPair(env.tls);
  const store = await openStore(env, say);
  const { database } = store;
  let bound: BoundPort | undefined;
  try {
    await migrate(database, { progress: say });
    const seeded = !env.isProduction && (await isEmpty(database));
    if (seeded) {
      say("Making the demo organisation …");
      await seed(database, { production: env.isProduction });
    }

    const keyFile = await openKeyFile(env.dataDirectory, logger);
    const { keys } = keyFile;
    if (keyFile.isNew && !seeded && !(await isEmpty(database))) {
      logger.warn(
        { dataDirectory: env.dataDirectory },
        "the database has accounts and DATA_DIR had no keys.json: new keys were made, so everybody must log in again, and who uses an authenticator app needs a recovery code. Keep DATA_DIR, or put the old keys.json back and restart",
      );
    }
    const directory = createMemoryDirectory();
    const authorization = createAuthorizationFeed(database, () => new Date());
    bound = await bind(env);
    const { port, udp } = bound;
    const accounts = openAccountDeps(env, logger, { database, port: () => port });
    const node = await createMediaNode({
      id: nodeIdSchema.parse("standalone"),
      region: "local",
      port: bound,
      listenHost: env.host,
      publicAddress: env.publicAddress,
      ownNames: [env.publicUrl, ...env.allowedOrigins].flatMap((url) => (url ? new URL(url).hostname : [])),
      workers: env.mediaWorkers,
      voicesPerListener: env.voicesPerListener,
      participantsMax: env.participantsMax,
      allowedOrigins: env.allowedOrigins,
      directory,
      authorization,
      fetchKeys: async () => publicJwks(keys, new Date()),
      logger,
    });
    const app = createApp({
      database,
      directory,
      keys,
      now: () => new Date(),
      logger,
      allowedOrigins: env.allowedOrigins,
      clientIp: (c) => getConnInfo(c).remote.address,
      onRightsChanged: authorization.changed,
      ...accounts.deps,
    });
    app.get("/metrics", serveMetrics(node.metrics.registry, env.metricsToken));
    app.use("*", serveStatic({ root: relative(process.cwd(), PAGE_DIRECTORY) || "." }));

    const requests = trackRequests(app.fetch);
    const served = await servePort(
      bound,
      {
        request: getRequestListener(requests.fetch),
        upgrade: node.handleUpgrade,
        iceTcp: node.acceptIceTcp,
        onRefused: (reason) => node.metrics.refusedConnections.inc({ reason }),
        onTlsError: (error) =>
          logger.error({ err: error }, "the new certificate can't be used; the old one stays"),
      },
      env.tls,
    );
    await node.start();
    const housekeeping = startHousekeeping({ database, outbox: outboxOf(env), logger });

    let stopping: Promise<void> | undefined;
    const stop = async () => {
      const closed = served.close(REQUESTS_MS_MAX);
      await node.stop();
      await closed;
      await requests.settled(REQUESTS_MS_MAX);
      await housekeeping.stop();
      udp.close();
      keyFile.stop();
      await accounts.close();
      await store.close();
    };
    return {
      port,
      databaseName: store.name,
      seeded,
      stop: () => {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    bound?.tcp.close();
    bound?.udp.close();
    await store.close();
    throw error;
  }
}

/** How long requests under way may take once the server stops. */
const REQUESTS_MS_MAX = 3_000;

async function bind({ port, host }: Environment): Promise<BoundPort> {
  try {
    return await bindPort({ port, host });
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, port);
  }
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new Error(
      `Port ${port} is taken by another program. Stop that one, or choose another port: PORT=${port + 1} npm start`,
    );
  if (error.code === "EACCES")
    return new Error(
      `Port ${port} needs rights that this user lacks. Choose one above 1023: PORT=3000 npm start`,
    );
  return error;
}
