/** A real standalone server in this process, on a free port, with a data directory of its own. */

import { createLogger } from "@parley/functions/logger";
import { readEnvironment } from "@parley/standalone/env";
import { startServer } from "@parley/standalone/server";
import { destination } from "pino";
import { scratchDirectory } from "./scratch.ts";

export interface TestServer {
  origin: string;
  port: number;
  dataDirectory: string;
  stop(): Promise<void>;
}

/** Tests join more often than people do. */
const UNHURRIED = { PORT: "0", HOST: "127.0.0.1", JOINS_PER_MINUTE: "0" };

/** `settings` are environment variables; a host that is an IPv6 address becomes the origin's. */
export async function startTestServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const scratch = await scratchDirectory();
  const env = readEnvironment({ ...UNHURRIED, DATA_DIR: scratch.path, ...settings });
  const server = await startServer(env, createLogger("warn", destination({ dest: 2, sync: true })));
  const name = env.host?.includes(":") ? `[${env.host}]` : "localhost";
  return {
    origin: `${env.tls ? "https" : "http"}://${name}:${server.port}`,
    port: server.port,
    dataDirectory: scratch.path,
    async stop() {
      await server.stop();
      await scratch.remove();
    },
  };
}
