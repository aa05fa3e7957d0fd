/** `npm run bench:coldstart`: the Lambda entry as esbuild bundles it: bytes, time to import, time to first answer. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { openDatabase } from "@parley/db/client";
import { migrate } from "@parley/db/migrate";
import { startPostgres } from "@parley/db/testing/postgres-server";
import { lambdaBundle } from "@parley/functions/bundle";
import { exportKeys, generateKeys } from "@parley/functions/keys";
import { scratchDirectory } from "@parley/tests/support/scratch";
import { build, type Metafile } from "esbuild";
import { percentile } from "./percentile.ts";
import { report } from "./report.ts";

const RUNS = 7;
const ROOT = resolve(import.meta.dirname, "..");

const scratch = await scratchDirectory();
const postgres = await startPostgres();
try {
  const bundle = join(scratch.path, "lambda.mjs");
  const { metafile } = await build({ ...lambdaBundle, outdir: scratch.path, metafile: true });
  await symlink(join(ROOT, "node_modules"), join(scratch.path, "node_modules"));
  const sizes = await sizesOf(metafile);

  const url = postgres.url("coldstart");
  const database = await openDatabase(url);
  await migrate(database);
  await database.close();
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: url,
    SIGNING_KEYS: JSON.stringify(await exportKeys(await generateKeys())),
    PUBLIC_URL: "https://talk.example",
    MAIL_URL: "smtp://127.0.0.1:1",
    MAIL_FROM: "Parley <no-reply@talk.example>",
    LOG_LEVEL: "silent",
  };
  // A process of its own each time, as a cold start is; the first fills the file cache.
  const runs = Array.from({ length: RUNS + 1 }, () => measure(bundle, env)).slice(1);
  const median = (pick: (run: Run) => number) => percentile(runs.map(pick), 0.5);
  report("Cold start of the Lambda entry", {
    ...sizes,
    importMs: median(({ importMs }) => importMs),
    firstRequestMs: median(({ firstRequestMs }) => firstRequestMs),
    secondRequestMs: median(({ secondRequestMs }) => secondRequestMs),
    runs: RUNS,
  });
} finally {
  await postgres.stop();
  await scratch.remove();
}

/** `bundle…` is what a start loads; `lazy…` are the files that wait for a passkey, a new password, a mail or Redis. */
async function sizesOf({ outputs }: Metafile): Promise<Record<string, number>> {
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && outputs[next]) load(next);
    }
  };
  load(Object.keys(outputs).find((path) => path.endsWith("lambda.mjs")) ?? "");
  const sizes = { bundleBytes: 0, bundleGzipBytes: 0, lazyBytes: 0, lazyGzipBytes: 0 };
  for (const path of Object.keys(outputs)) {
    const contents = await readFile(resolve(path));
    const name = loaded.has(path) ? "bundle" : "lazy";
    sizes[`${name}Bytes`] += contents.length;
    sizes[`${name}GzipBytes`] += gzipSync(contents).length;
  }
  return sizes;
}

interface Run {
  importMs: number;
  firstRequestMs: number;
  secondRequestMs: number;
}

/** The requests are a registration's first half: a log-in of nobody, which hashes and asks the database. */
function measure(bundle: string, env: Record<string, string | undefined>): Run {
  const script = `
    const body = JSON.stringify({ username: "nobody-${randomBytes(4).toString("hex")}", password: "a password" });
    const event = { version: "2.0", rawPath: "/v1/auth/login", rawQueryString: "", body, isBase64Encoded: false,
      headers: { host: "talk.example", "content-type": "application/json" },
      requestContext: { domainName: "talk.example", http: { method: "POST", path: "/v1/auth/login", sourceIp: "192.0.2.1" } } };
    const t0 = performance.now();
    const { handler } = await import(${JSON.stringify(bundle)});
    const t1 = performance.now();
    const first = await handler(event);
    const t2 = performance.now();
    await handler(event);
    const t3 = performance.now();
    if (first.statusCode !== 401) throw new Error(JSON.stringify(first));
    process.stdout.write(JSON.stringify({ importMs: t1 - t0, firstRequestMs: t2 - t1, secondRequestMs: t3 - t2 }));
    process.exit(0);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    env: env as NodeJS.ProcessEnv,
    encoding: "utf8",
  });
  return JSON.parse(output);
}
