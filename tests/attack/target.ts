/** The attacked server in a process of its own. Started by `Arena.open`. */
import { readEnvironment } from "@parley/standalone/env";
import { startServer } from "@parley/standalone/server";
import { pino } from "pino";
import { tellVitals } from "./vitals.ts";

const env = readEnvironment(process.env);
const logger = pino({ level: "error" }, pino.destination({ dest: 2, sync: true }));
const server = await startServer(env, logger);
tellVitals({ port: server.port }, () => server.stop());
