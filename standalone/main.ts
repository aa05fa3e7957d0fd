/** `npm start`: the whole product from one command. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { createLogger } from "@parley/functions/logger";
import { destination } from "pino";
import { type Environment, readEnvironment } from "./env.ts";
import { ensurePage } from "./page.ts";
import { lowerPoolPriority } from "./pool-priority.ts";
import { ensureSelfSigned, lanAddresses, type SelfSigned } from "./self-signed.ts";
import { type RunningServer, startServer } from "./server.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const { https } = readArguments();
  const env = readEnvironment(process.env);
  if (https && env.tls)
    throw new Error(
      "--https makes a certificate of its own: leave it out, or unset TLS_CERT_FILE and TLS_KEY_FILE",
    );
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
  const selfSigned = https ? await ensureSelfSigned(env.dataDirectory, env.publicAddress) : undefined;
  server = await startServer({ ...env, tls: selfSigned ?? env.tls }, logger, say);
  lowerPoolPriority();
  greet(server, env, selfSigned);
}

function readArguments(): { https: boolean } {
  const { values } = parseArgs({ options: { https: { type: "boolean", default: false } } });
  return values;
}

function greet(server: RunningServer, env: Environment, selfSigned: SelfSigned | undefined): void {
  const scheme = selfSigned || env.tls ? "https" : "http";
  say("");
  say(`  Parley is ready:  ${scheme}://localhost:${server.port}`);
  if (selfSigned) {
    const isEverywhere = [undefined, "0.0.0.0", "::"].includes(env.host);
    for (const address of isEverywhere ? lanAddresses() : [])
      say(`                    https://${address}:${server.port}`);
    say("  Certificate:      our own, so the browser will warn once: “Your connection is not private”");
    say(
      "                    (NET::ERR_CERT_AUTHORITY_INVALID), in Firefox “Potential Security Risk”. If this",
    );
    say("                    is its SHA-256, choose Advanced and proceed; then the microphone works, too:");
    say(`                    ${selfSigned.fingerprint}`);
  }
  if (!env.isProduction) say("  Demo log-in:      demo / demo123  (also alice, bob, charlie: alice123 …)");
  say(`  Data:             ${server.databaseName}`);
  const cores = availableParallelism();
  if (env.mediaWorkers === 0 && cores > 1)
    say(`  Voice:            one of ${cores} cores; MEDIA_WORKERS=auto uses all`);
  say("  Stop:             Ctrl-C");
  say("");
}

function fail(task: string, error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\nParley could not ${task}: ${message}\n`);
  process.exit(1);
}

main().catch((error) => fail("start", error));
