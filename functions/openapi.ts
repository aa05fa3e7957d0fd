/**
 * `npm run openapi` writes docs/openapi.json from the routes; with `--check`, which is part of `npm run check`, it
 * fails where the committed file says something else.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createApp } from "./app.ts";
import type { AppDeps } from "./app-deps.ts";
import { generateKeys } from "./keys.ts";
import { openApiConfig } from "./openapi-config.ts";

const FILE = new URL("../docs/openapi.json", import.meta.url);
const nothing = async () => {};
const silent = { info() {}, warn() {}, error() {} };

// Routes are declared here and never called, so nothing stands behind them.
const nobody = { keys: await generateKeys(), now: () => new Date(), logger: silent } as unknown as AppDeps;
const document = createApp({ ...nobody, limits: { take: nothing, forgive: nothing, giveBack: nothing } });
const text = `${JSON.stringify(document.getOpenAPI31Document(openApiConfig), null, 2)}\n`;

if (!process.argv.includes("--check")) {
  await writeFile(FILE, text);
} else if ((await readFile(FILE, "utf8").catch(() => "")) !== text) {
  process.stderr.write("docs/openapi.json doesn't say what the routes say. Run: npm run openapi\n");
  process.exitCode = 1;
}
