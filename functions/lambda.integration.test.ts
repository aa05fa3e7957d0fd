/** The Lambda entry as Lambda runs it: with its extensions API, a real Redis, a real mail server and a database. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "@parley/db/client";
import * as Users from "@parley/db/queries/users";
import { withSystem } from "@parley/db/scope";
import { openTestDatabase } from "@parley/db/testing/test-database";
import type { LambdaContext, LambdaEvent } from "hono/aws-lambda";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
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
  ({ handler } = (await import("./lambda.ts")) as never);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  runtime.close();
  await new Promise<void>((resolve) => mailServer.close(() => resolve()));
  await redis.stop();
  await dropDatabase();
  rmSync(directory, { recursive: true, force: true });
});

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

/** As API Gateway's HTTP API sends it behind CloudFront. */
async function post(path: string, body: object, viewer = "198.51.100.7") {
  const awsRequestId = await runtime.invoke();
  const event = {
    version: "2.0",
    rawPath: path,
    rawQueryString: "",
    isBase64Encoded: false,
    body: JSON.stringify(body),
    headers: {
      host: "talk.example",
      "content-type": "application/json",
      "x-forwarded-for": `203.0.113.9, ${viewer}, 130.176.100.154`,
    },
    requestContext: {
      domainName: "a1b2c3.execute-api.eu-central-1.amazonaws.com",
      http: { method: "POST", path, sourceIp: "130.176.100.154" },
    },
  };
  const { statusCode, body: text } = await handler(event as never, { awsRequestId } as never);
  return { status: statusCode, ...(text ? (JSON.parse(text) as object) : {}) };
}

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

test("a mail is on its way after the answer, and the function isn't frozen before it went", async () => {
  expect(await post("/v1/auth/password/forgot", { email: EMAIL })).toMatchObject({ status: 202 });
  expect([mails, runtime.isIdle()]).toEqual([0, false]);
  mailMayGo.resolve();
  await runtime.idle();
  expect(mails).toBe(1);
});
