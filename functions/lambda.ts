/**
 * The control plane on AWS Lambda, behind a function URL or an API Gateway. What costs time is opened by the first
 * request and kept for the next ones. Migrations run from elsewhere: `npm run db:migrate`.
 */
import { openDatabase } from "@parley/db/client";
import { getConnInfo, handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { destination } from "pino";
import { createApp } from "./app.ts";
import { type Background, createBackground } from "./background.ts";
import { createMemoryDirectory } from "./directory/memory.ts";
import { rateRulesFor } from "./domain/rate-limits.ts";
import { environment } from "./env.ts";
import { importKeys } from "./keys.ts";
import { countInDatabase } from "./limits/database.ts";
import { createRateLimits } from "./limits/rate-limits.ts";
import { createLogger } from "./logger.ts";
import { createSmtpMailer } from "./mail/smtp.ts";

type Handle = ReturnType<typeof handle>;

let opened: Promise<{ answer: Handle; background: Background }> | undefined;

async function open() {
  const env = environment();
  const logger = createLogger(env.logLevel, destination({ dest: 1, sync: true }));
  // One request at a time runs here, so one connection is enough.
  const database = await openDatabase(env.databaseUrl, { poolMax: 1 });
  const background = createBackground(logger);
  const makeCounter =
    env.redisUrl === undefined
      ? countInDatabase(database)
      : (await import("./limits/redis.ts")).countInRedis(env.redisUrl, logger).makeCounter;
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
    clientIp: (c) => getConnInfo(c).remote.address,
  });
  return { answer: handle(app), background };
}

export async function handler(event: LambdaEvent, context?: LambdaContext) {
  opened ??= open();
  const { answer, background } = await opened.catch((error) => {
    // The next request tries anew.
    opened = undefined;
    throw error;
  });
  const result = await answer(event, context);
  // A function is frozen once it has answered: what is left to do is done before.
  await background.settled();
  return result;
}
