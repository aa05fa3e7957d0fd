/** The only place of the standalone server that reads the environment. Each error names its variable. */
import { availableParallelism } from "node:os";
import { PEERS_PER_NODE_MAX, VOICES_PER_LISTENER } from "@parley/contract/limits";
import { z } from "zod";

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );

const environmentSchema = z
  .object({
    PORT: z.coerce.number().int("must be a whole number").min(0).max(65_535).default(3000),
    HOST: z.string().min(1).optional(),
    DATA_DIR: z.string().min(1).default(".data"),
    DATABASE_URL: z.string().min(1).optional(),
    DATABASE_POOL_MAX: z.coerce.number().int("must be a whole number").min(1).max(1_000).default(20),
    PUBLIC_ADDRESS: z.string().min(1).optional(),
    MEDIA_WORKERS: z
      .union([z.literal("auto"), z.coerce.number().int().min(0).max(64)], {
        error: "must be auto or a whole number, 0 to 64",
      })
      .default(0),
    VOICES_PER_LISTENER: z.coerce
      .number()
      .int("must be a whole number")
      .min(1)
      .max(VOICES_PER_LISTENER, `must be at most ${VOICES_PER_LISTENER}, as many as clients ask for`)
      .default(VOICES_PER_LISTENER),
    PARTICIPANTS_MAX: z.coerce
      .number()
      .int("must be a whole number")
      .min(1)
      .max(PEERS_PER_NODE_MAX)
      .default(PEERS_PER_NODE_MAX),
    TLS_CERT_FILE: z.string().min(1).optional(),
    TLS_KEY_FILE: z.string().min(1).optional(),
    METRICS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: "must be an address such as https://talk.example" })
      .optional(),
    TRUSTED_PROXY_HOPS: z.coerce.number().int("must be a whole number").min(0).max(10).default(0),
    REDIS_URL: z
      .url({ protocol: /^rediss?$/, error: "must be an address such as redis://host:6379" })
      .optional(),
    MAIL_URL: z
      .url({ protocol: /^smtps?$/, error: "must be an address such as smtp://user:password@host:587" })
      .optional(),
    MAIL_FROM: z.string().min(3).optional(),
    JOINS_PER_MINUTE: z.coerce.number().int("must be a whole number").min(1).max(1_000_000).default(10),
    PASSWORD_MIN_LENGTH: z.coerce.number().int("must be a whole number").min(8).max(128).default(12),
    ALLOWED_ORIGINS: list.pipe(z.array(z.url("must be a list of origins, such as https://talk.example"))),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("warn"),
    NODE_ENV: z.string().optional(),
  })
  .refine((env) => env.MAIL_URL === undefined || env.MAIL_FROM !== undefined, {
    path: ["MAIL_FROM"],
    message: "must say whom mails come from, such as Parley <no-reply@talk.example>, where MAIL_URL is set",
  });

export interface Environment {
  port: number;
  /** Undefined listens on every address, IPv6 and IPv4. */
  host: string | undefined;
  dataDirectory: string;
  /** Undefined embeds a database in the data directory. */
  databaseUrl: string | undefined;
  /** Connections to the database at once, where it is a server. */
  databasePoolMax: number;
  publicAddress: string | undefined;
  /** Threads that carry voice on ports of their own, PORT + 1 and so on; 0 carries it in the main one on PORT. */
  mediaWorkers: number;
  /** How many are heard at once in a channel. */
  voicesPerListener: number;
  /** Further people are refused. */
  participantsMax: number;
  /** PEM files; undefined serves plain HTTP. */
  tls: { certFile: string; keyFile: string } | undefined;
  /** Bearer token of /metrics; undefined answers only this machine. */
  metricsToken: string | undefined;
  allowedOrigins: string[];
  /** Origin of the page as people open it; undefined means http://localhost at the port. */
  publicUrl: string | undefined;
  trustedProxyHops: number;
  redisUrl: string | undefined;
  /** Undefined writes mails to files in the data directory. */
  mail: { url: string; from: string } | undefined;
  /** Of one person, half of them close together. */
  joinsPerMinute: number;
  passwordCodePointsMin: number;
  logLevel: string;
  isProduction: boolean;
}

/** Throws an Error whose message is fit for the operator. */
export function readEnvironment(source: NodeJS.ProcessEnv): Environment {
  // FOO= in an .env file means "not set".
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`);
    throw new Error(`The environment has a wrong setting:\n  ${problems.join("\n  ")}`);
  }
  const env = parsed.data;
  return {
    port: env.PORT,
    host: env.HOST,
    dataDirectory: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    databasePoolMax: env.DATABASE_POOL_MAX,
    publicAddress: env.PUBLIC_ADDRESS,
    // Page, API and signalling need too little for a core of their own.
    mediaWorkers: env.MEDIA_WORKERS === "auto" ? availableParallelism() : env.MEDIA_WORKERS,
    voicesPerListener: env.VOICES_PER_LISTENER,
    participantsMax: env.PARTICIPANTS_MAX,
    tls: tlsFiles(env.TLS_CERT_FILE, env.TLS_KEY_FILE),
    metricsToken: env.METRICS_TOKEN,
    allowedOrigins: env.ALLOWED_ORIGINS,
    publicUrl: env.PUBLIC_URL === undefined ? undefined : new URL(env.PUBLIC_URL).origin,
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    redisUrl: env.REDIS_URL,
    mail: env.MAIL_URL && env.MAIL_FROM ? { url: env.MAIL_URL, from: env.MAIL_FROM } : undefined,
    joinsPerMinute: env.JOINS_PER_MINUTE,
    passwordCodePointsMin: env.PASSWORD_MIN_LENGTH,
    logLevel: env.LOG_LEVEL,
    isProduction: env.NODE_ENV === "production",
  };
}

function tlsFiles(certFile: string | undefined, keyFile: string | undefined): Environment["tls"] {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    const missing = certFile === undefined ? "TLS_CERT_FILE" : "TLS_KEY_FILE";
    throw new Error(
      `The environment has a wrong setting:\n  ${missing}: a certificate needs its key, and a key its certificate`,
    );
  }
  return { certFile, keyFile };
}
