/** The Lambda entry as files to upload: `build({ ...lambdaBundle, outdir })`. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));

/** Zod's words in fifty languages: a quarter of a megabyte that we never say, since our codes speak for themselves. */
const onlyEnglish: Plugin = {
  name: "only-english",
  setup: (build) =>
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
      resolveDir: join(HERE, "../node_modules/zod/v4/locales"),
    })),
};

/** Of its stores of counters we use two, and each is loaded where it is asked for. */
const onlyOurStores: Plugin = {
  name: "only-our-stores",
  setup: (build) =>
    build.onLoad({ filter: /rate-limiter-flexible\/index\.js$/ }, ({ path }) => ({
      contents: ["RateLimiterAbstract", "RateLimiterPostgres", "RateLimiterRedis", "RateLimiterRes"]
        .map(
          (name) => `Object.defineProperty(exports, "${name}", { get: () => require("./lib/${name}.js") });`,
        )
        .join("\n"),
      resolveDir: dirname(path),
    })),
};

/** Pino writes to standard output here, never through a worker thread. */
const noLogWorkers: Plugin = {
  name: "no-log-workers",
  setup: (build) =>
    build.onLoad({ filter: /pino\/lib\/transport\.js$/ }, () => ({
      contents: 'module.exports = () => { throw new Error("this bundle has no transports of pino"); };',
    })),
};

export const lambdaBundle: BuildOptions = {
  entryPoints: { lambda: join(HERE, "lambda.ts") },
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  // What is imported when it is needed becomes a file of its own, and costs nothing before.
  splitting: true,
  platform: "node",
  target: "node24",
  format: "esm",
  mainFields: ["module", "main"],
  // Argon2 is native code: install it beside the bundle. PGlite isn't used in the cloud.
  external: ["@node-rs/argon2", "@electric-sql/pglite", "pg-native"],
  plugins: [onlyEnglish, onlyOurStores, noLogWorkers],
  banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
};
