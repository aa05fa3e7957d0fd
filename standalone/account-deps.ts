/** What accounts need of a standalone installation: counters, mail, and the page's address. */
import { resolve } from "node:path";
import type { AppDeps } from "@parley/functions/app-deps";
import { createBackground } from "@parley/functions/background";
import { createRateLimits } from "@parley/functions/limits/rate-limits";
import { countInRedis } from "@parley/functions/limits/redis";
import { createOutbox } from "@parley/functions/mail/outbox";
import { createSmtpMailer } from "@parley/functions/mail/smtp";
import type { Logger } from "pino";
import type { Environment } from "./env.ts";

export function openAccountDeps(env: Environment, logger: Logger, port: () => number) {
  const background = createBackground(logger);
  const redis = env.redisUrl === undefined ? undefined : countInRedis(env.redisUrl, logger);
  const join = env.joinsPerMinute;
  const ratePoints = { join, joinBurst: Math.ceil(join / 2) };
  const deps = {
    background,
    ratePoints,
    publicUrl: () => env.publicUrl ?? `http://localhost:${port()}`,
    trustedProxyHops: env.trustedProxyHops,
    passwordCodePointsMin: env.passwordCodePointsMin,
    mailer: env.mail
      ? createSmtpMailer(env.mail.url, env.mail.from)
      : createOutbox(resolve(env.dataDirectory, "outbox"), logger),
    // Without Redis they are counted in the database.
    ...(redis ? { limits: createRateLimits(redis.makeCounter, logger, ratePoints) } : {}),
  } satisfies Partial<AppDeps>;
  return {
    deps,
    /** Waits for mails that are on their way. */
    async close(): Promise<void> {
      await background.settled();
      redis?.close();
    },
  };
}
