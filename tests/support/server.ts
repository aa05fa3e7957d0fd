/** A real standalone server in this process, on a free port, with a data directory of its own. */

import { createLogger } from "@parley/functions/logger";
import { readEnvironment } from "@parley/standalone/env";
import { startServer } from "@parley/standalone/server";
import { scratchDirectory } from "./scratch.ts";

export interface TestServer {
  origin: string;
  port: number;
  dataDirectory: string;
  /** Lines of its log from warnings on, which go to standard error, too. */
  logged: readonly string[];
  stop(): Promise<void>;
}

/** Here a few people join in every test of a file; their rate has tests of its own. */
const UNHURRIED = { PORT: "0", HOST: "127.0.0.1", JOINS_PER_MINUTE: "1000" };

/** `settings` are environment variables; a host that is an IPv6 address becomes the origin's. */
export async function startTestServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const scratch = await scratchDirectory();
  const env = readEnvironment({ ...UNHURRIED, DATA_DIR: scratch.path, ...settings });
  const logged: string[] = [];
  const write = (line: string) => {
    logged.push(line);
    process.stderr.write(line);
  };
  const server = await startServer(env, createLogger("warn", { write }));
  const name = env.host?.includes(":") ? `[${env.host}]` : "localhost";
  return {
    origin: `${env.tls ? "https" : "http"}://${name}:${server.port}`,
    port: server.port,
    dataDirectory: scratch.path,
    logged,
    async stop() {
      await server.stop();
      await scratch.remove();
    },
  };
}
