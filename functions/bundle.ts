/** The Lambda entry as files to upload: `build({ ...lambdaBundle, outdir })`. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));

const STORES = ["RateLimiterAbstract", "RateLimiterPostgres", "RateLimiterRedis", "RateLimiterRes"];
const unused = 'throw new Error("this part was left out of the bundle: see functions/bundle.ts");';

/** What libraries bring and we don't use: each kilobyte is compiled at each cold start. By the end of the file's path. */
const replaced: Record<string, string> = {
  // Zod's words in fifty languages: our codes speak for themselves.
  "zod/v4/locales/index.js": 'export { default as en } from "./en.js";',
  "zod/v4/classic/from-json-schema.js": `export function fromJSONSchema() { ${unused} }`,
  "zod/v4/core/compile.js": `
    export const INVALID = Symbol.for("zod.compile.invalid");
    export class ZodCompileAsyncError extends Error {}
    export class ZodCompileUnsupportedError extends Error {}
    export function compile() { ${unused} }
    export function withParser() { ${unused} }
    export function compileFn() { ${unused} }`,
  // Of its many stores of counters two, each loaded where it is asked for.
  "rate-limiter-flexible/index.js": STORES.map(
    (name) => `Object.defineProperty(exports, "${name}", { get: () => require("./lib/${name}.js") });`,
  ).join("\n"),
  // The log goes to standard output, never through a worker thread.
  "pino/lib/transport.js": `module.exports = () => { ${unused} };`,
};

const leaveOut: Plugin = {
  name: "leave-out",
  setup(build) {
    const missing = new Set(Object.keys(replaced));
    for (const [file, contents] of Object.entries(replaced)) {
      const filter = new RegExp(`/node_modules/${file.replaceAll(".", "\\.")}$`);
      build.onLoad({ filter }, ({ path }) => {
        missing.delete(file);
        return { contents, resolveDir: dirname(path) };
      });
    }
    // A library that moved its files would come whole again, and nobody would notice.
    build.onEnd(() => ({ errors: [...missing].map((file) => ({ text: `${file} is not in the bundle` })) }));
  },
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
  plugins: [leaveOut],
  banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
};
