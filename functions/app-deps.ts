/** What the control plane is given by whoever runs it: `standalone`, Lambda or a test. */
import type { NodeDirectory } from "@parley/contract/node-directory";
import type { Database } from "@parley/db/client";
import type { ActiveSession } from "@parley/db/queries/sessions";
import type { Context } from "hono";
import type { Background } from "./background.ts";
import type { AccessClaims } from "./domain/access-token.ts";
import type { AccountServices } from "./domain/account-services.ts";
import type { Mailer } from "./domain/mailer.ts";
import type { ChangeServices } from "./domain/organization-change.ts";
import type { PasswordQueue } from "./domain/password-queue.ts";
import type { RateLimits } from "./domain/rate-limits.ts";
import type { SigningKeys } from "./keys.ts";

/** As pino has it: fields first, then the sentence. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AppDeps {
  database: Database;
  directory: NodeDirectory;
  keys: SigningKeys;
  now: () => Date;
  logger: Logger;
  /** Origins of web pages that may call from elsewhere; the page's own origin needs no entry. */
  allowedOrigins?: string[];
  /**
   * The caller's address as the runtime knows it: the socket's or the platform's, never a bare header. Without this
   * function all callers count as one; a request whose address it doesn't know is refused.
   */
  clientIp?: (c: Context) => string | undefined;
  /** What proxies appended, without the caller's own address; X-Forwarded-For unless said otherwise. */
  forwardedFor?: (c: Context) => string | undefined;
  /** Told after each commit that narrowed somebody's rights: the outbox has news for the media nodes. */
  onRightsChanged?: () => void;
  /** How many proxies in front of us append to X-Forwarded-For; 0 unless said otherwise. */
  trustedProxyHops?: number;
  /** Origin of the page: mailed links lead there, passkeys belong to it. http://localhost:3000 unless said otherwise. */
  publicUrl?: () => string;
  /** Counted in the database unless said otherwise. */
  limits?: RateLimits;
  /** Without one, mails are lost and the log says so. */
  mailer?: Mailer;
  /** Shortest password that may be chosen; 12 unless said otherwise. */
  passwordCodePointsMin?: number;
  background?: Background;
  /** As much at once as the machine can bear, unless said otherwise. */
  passwords?: PasswordQueue;
}

/** What the routes get: the app's dependencies and what the app made for itself. */
export interface RouteDeps extends AppDeps {
  passwords: PasswordQueue;
  changes: ChangeServices;
  accounts: AccountServices;
}

export interface AppEnv {
  Variables: { requestId: string };
}

/** After `presentToken`. */
export interface ClaimsEnv {
  Variables: { requestId: string; claims: AccessClaims };
}

/** After `authenticate`. */
export interface SessionEnv {
  Variables: { requestId: string; session: ActiveSession };
}
