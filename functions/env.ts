/** The only place of the Lambda entry that reads the environment. Each error names its variable. */
import { z } from "zod";

const environmentSchema = z
  .object({
    DATABASE_URL: z.string().min(1),
    /** What `npm run keys:rotate` gives with `-- --new`, and takes and gives with `-- --stdin`. */
    SIGNING_KEYS: z.string().min(1),
    PUBLIC_URL: z.url({ protocol: /^https?$/, error: "must be an address such as https://talk.example" }),
    REDIS_URL: z
      .url({ protocol: /^rediss?$/, error: "must be an address such as redis://host:6379" })
      .optional(),
    MAIL_URL: z.url({ protocol: /^smtps?$/, error: "must be an address such as smtps://user:password@host" }),
    MAIL_FROM: z.string().min(3),
    ALLOWED_ORIGINS: z.string().default(""),
    /** What CloudFront sends as `x-origin-secret` to a function URL, so that its word on who calls counts. */
    ORIGIN_SECRET: z.string().min(16, "must have at least 16 characters").optional(),
    TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
    JOINS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(10),
    PASSWORD_MIN_LENGTH: z.coerce.number().int().min(8).max(128).default(12),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  })
  .transform((env) => ({
    databaseUrl: env.DATABASE_URL,
    signingKeys: env.SIGNING_KEYS,
    publicUrl: new URL(env.PUBLIC_URL).origin,
    redisUrl: env.REDIS_URL,
    mail: { url: env.MAIL_URL, from: env.MAIL_FROM },
    allowedOrigins: env.ALLOWED_ORIGINS.split(",").flatMap((origin) => origin.trim() || []),
    originSecret: env.ORIGIN_SECRET,
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    joinsPerMinute: env.JOINS_PER_MINUTE,
    passwordCodePointsMin: env.PASSWORD_MIN_LENGTH,
    logLevel: env.LOG_LEVEL,
  }));

/** Throws an Error whose message names the variables, and repeats no value. */
export function readEnvironment(source: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`);
  throw new Error(`The environment has a wrong setting:\n  ${problems.join("\n  ")}`);
}

export const environment = () => readEnvironment(process.env);

/** Host and port that Lambda itself sets; undefined elsewhere. */
export const lambdaRuntimeApi = (): string | undefined => process.env.AWS_LAMBDA_RUNTIME_API || undefined;
