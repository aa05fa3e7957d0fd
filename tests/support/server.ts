/** A real standalone server in this process, on a free port, with a data directory of its own. */
import { readEnvironment } from "@parley/standalone/env";
import { startServer } from "@parley/standalone/server";
import { pino } from "pino";
import { scratchDirectory } from "./scratch.ts";

export interface TestServer {
  origin: string;
  port: number;
  stop(): Promise<void>;
}

/** `settings` are environment variables; a host that is an IPv6 address becomes the origin's. */
export async function startTestServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const scratch = await scratchDirectory();
  const env = readEnvironment({ PORT: "0", HOST: "127.0.0.1", DATA_DIR: scratch.path, ...settings });
  const server = await startServer(env, pino({ level: "warn" }, pino.destination({ dest: 2, sync: true })));
  const name = env.host?.includes(":") ? `[${env.host}]` : "localhost";
  return {
    origin: `${env.tls ? "https" : "http"}://${name}:${server.port}`,
    port: server.port,
    async stop() {
      await server.stop();
      await scratch.remove();
    },
  };
}
