/** What accounts need of a standalone installation: counters, mail, and the page's address. */
import { join } from "node:path";
import type { Database } from "@parley/db/client";
import type { AppDeps } from "@parley/functions/app-deps";
import { createBackground } from "@parley/functions/background";
import { rateRulesFor } from "@parley/functions/domain/rate-limits";
import { countInDatabase } from "@parley/functions/limits/database";
import { createRateLimits } from "@parley/functions/limits/rate-limits";
import { countInRedis } from "@parley/functions/limits/redis";
import { createOutbox } from "@parley/functions/mail/outbox";
import { createSmtpMailer } from "@parley/functions/mail/smtp";
import type { Logger } from "pino";
import type { Environment } from "./env.ts";

/** Where mails go while no mail server is configured. */
export const outboxOf = (env: Environment): string => join(env.dataDirectory, "outbox");

export function openAccountDeps(
  env: Environment,
  logger: Logger,
  { database, port }: { database: Database; port: () => number },
) {
  const background = createBackground(logger);
  const redis = env.redisUrl === undefined ? undefined : countInRedis(env.redisUrl, logger);
  const deps = {
    background,
    publicUrl: () => env.publicUrl ?? `${env.tls ? "https" : "http"}://localhost:${port()}`,
    trustedProxyHops: env.trustedProxyHops,
    passwordCodePointsMin: env.passwordCodePointsMin,
    mailer: env.mail ? createSmtpMailer(env.mail.url, env.mail.from) : createOutbox(outboxOf(env), logger),
    limits: createRateLimits(redis?.makeCounter ?? countInDatabase(database), logger, rateRulesFor(env)),
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
