/** The Lambda entry as it is uploaded and as Lambda runs it: bundled, with its extensions API, a real Redis, a real mail server and a database. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Database, openDatabase } from "@parley/db/client";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { openTestDatabase } from "@parley/db/testing/test-database";
import { build } from "esbuild";
import type { LambdaContext, LambdaEvent } from "hono/aws-lambda";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { lambdaBundle } from "./bundle.ts";
import { exportKeys, generateKeys } from "./keys.ts";
import { type LambdaRuntime, startLambdaRuntime } from "./testing/lambda-runtime.ts";
import { type RedisServer, startRedis } from "./testing/redis-server.ts";

const directory = mkdtempSync(join(tmpdir(), "parley-lambda-"));
const source = inject("databaseSource");
const embedded = source.driver === "pglite" ? source.image : undefined;
let dropDatabase = async (): Promise<void> => {};
const EMAIL = "dora@example.com";
let runtime: LambdaRuntime;
let redis: RedisServer;
let mailServer: SMTPServer;
let handler: (event: LambdaEvent, context: LambdaContext) => Promise<{ statusCode: number; body: string }>;
/** What the mail server waits for before it takes a mail. */
const mailMayGo = Promise.withResolvers<void>();
let mails = 0;

beforeAll(async () => {
  const { database, url } = await migratedDatabase();
  await withSystem(database, async (tx) => {
    const user = await Users.create(tx, { username: "dora", passwordHash: "none", now: new Date() });
    if (user) await Users.update(tx, user.id, { email: EMAIL });
  });
  if (embedded) await database.close();
  else dropDatabase = () => database.close();
  redis = await startRedis();
  runtime = await startLambdaRuntime();
  mailServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    async onData(stream, _session, answer) {
      stream.resume();
      await once(stream, "end");
      await mailMayGo.promise;
      mails++;
      answer();
    },
  });
  mailServer.listen(0, "127.0.0.1");
  await once(mailServer.server, "listening");
  const settings = {
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    SIGNING_KEYS: JSON.stringify(await exportKeys(await generateKeys())),
    PUBLIC_URL: "https://talk.example",
    MAIL_URL: `smtp://127.0.0.1:${(mailServer.server.address() as AddressInfo).port}`,
    MAIL_FROM: "Parley <no-reply@talk.example>",
    LOG_LEVEL: "silent",
    TRUSTED_PROXY_HOPS: "1",
    AWS_LAMBDA_RUNTIME_API: runtime.address,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  ({ handler } = await import(await bundled()));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  runtime.close();
  await new Promise<void>((resolve) => mailServer.close(() => resolve()));
  await redis.stop();
  await dropDatabase();
  rmSync(directory, { recursive: true, force: true });
});

/** Built like what is uploaded; gives its url. What isn't bundled stands beside it. */
async function bundled(): Promise<string> {
  const outdir = join(directory, "bundle");
  await build({ ...lambdaBundle, outdir });
  await symlink(resolve(import.meta.dirname, "../node_modules"), join(outdir, "node_modules"));
  return pathToFileURL(join(outdir, "lambda.mjs")).href;
}

/** On a server the handler opens the same one; the embedded one lives in one process, so it is closed before. */
async function migratedDatabase(): Promise<{ database: Database; url: string }> {
  if (embedded) {
    const url = `pglite://${directory}`;
    const image = new Blob([await readFile(embedded)]);
    return { database: await openDatabase(url, { image }), url };
  }
  const database = await openTestDatabase();
  return { database, url: database.url ?? "" };
}

interface Asked {
  body?: object;
  token?: string;
  viewer?: string;
}

interface Answer {
  status: number;
  [field: string]: unknown;
}

/** As API Gateway's HTTP API sends it behind CloudFront. */
async function send(
  method: string,
  path: string,
  { body, token, viewer = "198.51.100.7" }: Asked = {},
): Promise<Answer> {
  const awsRequestId = await runtime.invoke();
  const event = {
    version: "2.0",
    rawPath: path,
    rawQueryString: "",
    isBase64Encoded: false,
    ...(body ? { body: JSON.stringify(body) } : {}),
    headers: {
      host: "talk.example",
      ...(body ? { "content-type": "application/json" } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      "x-forwarded-for": `203.0.113.9, ${viewer}, 130.176.100.154`,
    },
    requestContext: {
      domainName: "a1b2c3.execute-api.eu-central-1.amazonaws.com",
      http: { method, path, sourceIp: "130.176.100.154" },
    },
  };
  const { statusCode, body: text } = await handler(event as never, { awsRequestId } as never);
  return { ...(text ? JSON.parse(text) : {}), status: statusCode };
}

const post = (path: string, body: object, viewer?: string) =>
  send("POST", path, { body, ...(viewer === undefined ? {} : { viewer }) });
const register = (n: number, viewer?: string) =>
  post("/v1/auth/register", { username: `person${n}`, password: "correct horse battery" }, viewer);

test("the first request of a cold start is counted in Redis and answered, not refused", async () => {
  expect(await register(0)).toMatchObject({ status: 201 });
  expect(runtime.registered).toEqual(["INVOKE"]);
});

test("people behind CloudFront are counted each by their own address", async () => {
  for (let n = 1; n < 5; n++) expect(await register(n)).toMatchObject({ status: 201 });
  expect(await register(5)).toMatchObject({ status: 429 });
  expect(await register(5, "198.51.100.8")).toMatchObject({ status: 201 });
});

test("who logs in founds an organisation, whose audit log holds", async () => {
  const credentials = { username: "person1", password: "correct horse battery" };
  const wrong = await post("/v1/auth/login", { ...credentials, password: "wrong horse battery" });
  expect(wrong).toMatchObject({ status: 401, code: "invalid_credentials" });
  const token = String((await post("/v1/auth/login", credentials)).accessToken);
  expect(await send("GET", "/v1/me", { token })).toMatchObject({ status: 200, username: "person1" });
  const founded = await send("POST", "/v1/orgs", { body: { name: "Bundled", tag: "BUNDLED" }, token });
  expect(founded).toMatchObject({ status: 201 });
  const verified = await send("GET", `/v1/orgs/${founded.id}/audit-log/verify`, { token });
  expect(verified).toMatchObject({ status: 200, intact: true, entries: 1 });
});

test("its own description is there", async () => {
  expect(await send("GET", "/openapi.json")).toMatchObject({ status: 200, openapi: "3.1.0" });
});

test("a mail is on its way after the answer, and the function isn't frozen before it went", async () => {
  expect(await post("/v1/auth/password/forgot", { email: EMAIL })).toMatchObject({ status: 202 });
  expect([mails, runtime.isIdle()]).toEqual([0, false]);
  mailMayGo.resolve();
  await runtime.idle();
  expect(mails).toBe(1);
});
