/** Parley in one process: database, control plane, media node and page behind one port. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { relative } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { serveStatic } from "@hono/node-server/serve-static";
import { nodeIdSchema } from "@parley/contract/ids";
import { migrate } from "@parley/db/migrate";
import { isEmpty, seed } from "@parley/db/seed";
import { createApp } from "@parley/functions/app";
import { createMemoryDirectory } from "@parley/functions/directory/memory";
import { publicJwks } from "@parley/functions/keys";
import { createMediaNode } from "@parley/media-node/node";
import type { Logger } from "pino";
import { openAccountDeps } from "./account-deps.ts";
import type { Environment } from "./env.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { openKeyFile } from "./key-file.ts";
import { PAGE_DIRECTORY } from "./page.ts";
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
  const store = await openStore(env, say);
  const { database } = store;
  try {
    await migrate(database, { progress: say });
    const seeded = !env.isProduction && (await isEmpty(database));
    if (seeded) {
      say("Making the demo organisation …");
      await seed(database, { production: env.isProduction });
    }

    const keyFile = await openKeyFile(env.dataDirectory, logger);
    const { keys } = keyFile;
    // Known once the server listens, and asked for later.
    let port = env.port;
    const accounts = openAccountDeps(env, logger, () => port);
    const directory = createMemoryDirectory();
    const node = createMediaNode({
      id: nodeIdSchema.parse("standalone"),
      region: "local",
      publicAddress: env.publicAddress,
      allowedOrigins: env.allowedOrigins,
      directory,
      fetchKeys: async () => publicJwks(keys),
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
      ...accounts.deps,
    });
    app.use("*", serveStatic({ root: relative(process.cwd(), PAGE_DIRECTORY) || "." }));

    const server = createServer({ shouldUpgradeCallback: isWebSocket }, getRequestListener(app.fetch));
    server.on("upgrade", node.handleUpgrade);
    await listen(server, env);
    port = portOf(server);
    await node.start();
    const housekeeping = startHousekeeping(database, logger);

    let stopping: Promise<void> | undefined;
    const stop = async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await node.stop();
      server.closeIdleConnections();
      const deadline = setTimeout(() => server.closeAllConnections(), REQUESTS_MS_MAX);
      await closed;
      clearTimeout(deadline);
      housekeeping.stop();
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
    await store.close();
    throw error;
  }
}

/** How long requests under way may take once the server stops. */
const REQUESTS_MS_MAX = 3_000;

/** Other upgrades, such as curl's offer of h2c, are answered as the plain requests that they also are. */
const isWebSocket = (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === "websocket";

async function listen(server: Server, { port, host }: Environment): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, port));
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      resolve();
    });
  });
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

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no TCP port");
  return address.port;
}
