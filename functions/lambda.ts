/**
 * The control plane on AWS Lambda, behind a function URL or an API Gateway. What costs time is opened by the first
 * request and kept for the next ones. Migrations run from elsewhere: `npm run db:migrate`.
 */
import { openDatabase } from "@parley/db/client";
import type { Context } from "hono";
import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { destination } from "pino";
import { createApp } from "./app.ts";
import { type Background, createBackground } from "./background.ts";
import { createMemoryDirectory } from "./directory/memory.ts";
import { rateRulesFor } from "./domain/rate-limits.ts";
import { environment, lambdaRuntimeApi } from "./env.ts";
import { importKeys } from "./keys.ts";
import { lambdaCaller } from "./lambda-caller.ts";
import type { LambdaExtension } from "./lambda-extension.ts";
import { countInDatabase } from "./limits/database.ts";
import { createRateLimits } from "./limits/rate-limits.ts";
import { createLogger } from "./logger.ts";
import { createSmtpMailer } from "./mail/smtp.ts";

type Handle = ReturnType<typeof handle>;

interface Opened {
  answer: Handle;
  background: Background;
}

let opened: Promise<Opened> | undefined;
const extension = await register();

/** Undefined outside of Lambda, and where it has no such API: the work is done before the answer then. */
async function register(): Promise<LambdaExtension | undefined> {
  const runtimeApi = lambdaRuntimeApi();
  if (runtimeApi === undefined) return undefined;
  const { registerExtension } = await import("./lambda-extension.ts");
  return registerExtension(runtimeApi, async () => {
    const running = await opened?.catch(() => undefined);
    await running?.background.settled();
  }).catch(() => undefined);
}

async function open(): Promise<Opened> {
  const env = environment();
  const logger = createLogger(env.logLevel, destination({ dest: 1, sync: true }));
  // One request at a time runs here, so one connection is enough.
  const database = await openDatabase(env.databaseUrl, { poolMax: 1 });
  const background = createBackground(logger);
  const makeCounter =
    env.redisUrl === undefined
      ? countInDatabase(database)
      : (await import("./limits/redis.ts")).countInRedis(env.redisUrl, logger).makeCounter;
  const callerOf = (c: Context) =>
    lambdaCaller(
      { requestContext: c.env.requestContext, header: (name) => c.req.header(name) },
      env.originSecret,
    );
  const app = createApp({
    database,
    directory: createMemoryDirectory(),
    keys: await importKeys(JSON.parse(env.signingKeys)),
    now: () => new Date(),
    logger,
    background,
    limits: createRateLimits(makeCounter, logger, rateRulesFor(env)),
    mailer: createSmtpMailer(env.mail.url, env.mail.from),
    publicUrl: () => env.publicUrl,
    allowedOrigins: env.allowedOrigins,
    trustedProxyHops: env.trustedProxyHops,
    passwordCodePointsMin: env.passwordCodePointsMin,
    clientIp: (c) => callerOf(c).peer,
    forwardedFor: (c) => callerOf(c).forwardedFor,
  });
  return { answer: handle(app), background };
}

export async function handler(event: LambdaEvent, context?: LambdaContext) {
  try {
    return await answered(event, context);
  } finally {
    if (context) extension?.answered(context.awsRequestId);
  }
}

async function answered(event: LambdaEvent, context: LambdaContext | undefined) {
  opened ??= open();
  const { answer, background } = await opened.catch((error) => {
    // The next request tries anew.
    opened = undefined;
    throw error;
  });
  const result = await answer(event, context);
  // Without an extension a function is frozen once it has answered: what is left to do is done before.
  if (!context || !extension?.isAlive()) await background.settled();
  return result;
}
