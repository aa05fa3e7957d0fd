/** `npm start`: the whole product from one command. */
import { createLogger } from "@parley/functions/logger";
import { destination } from "pino";
import { type Environment, readEnvironment } from "./env.ts";
import { ensurePage } from "./page.ts";
import { type RunningServer, startServer } from "./server.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const env = readEnvironment(process.env);
  const logger = createLogger(env.logLevel, destination({ dest: 2, sync: true }));
  // Ctrl-C before everything runs ends at once: nothing is acknowledged yet.
  let server: RunningServer | undefined;
  let stopping = false;
  const stop = () => {
    if (stopping || !server) process.exit(130);
    stopping = true;
    say("\nStopping … (Ctrl-C again to force)");
    server.stop().then(
      () => process.exit(0),
      (error) => fail("stop cleanly", error),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);

  await ensurePage(say);
  server = await startServer(env, logger, say);
  greet(server, env);
}

function greet(server: RunningServer, env: Environment): void {
  say("");
  say(`  Parley is ready:  http://localhost:${server.port}`);
  if (!env.isProduction) say("  Demo log-in:      demo / demo123  (also alice, bob, charlie: alice123 …)");
  say(`  Data:             ${server.databaseName}`);
  say("  Stop:             Ctrl-C");
  say("");
}

function fail(task: string, error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\nParley could not ${task}: ${message}\n`);
  process.exit(1);
}

main().catch((error) => fail("start", error));
