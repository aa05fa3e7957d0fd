/** What the control plane is given by whoever runs it: `standalone`, Lambda or a test. */
import type { NodeDirectory } from "@parley/contract/node-directory";
import type { Database } from "@parley/db/client";
import type { ActiveSession } from "@parley/db/queries/sessions";
import type { Context } from "hono";
import type { ChangeServices } from "./domain/organization-change.ts";
import type { PasswordQueue } from "./domain/password-queue.ts";
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
  /** The caller's address as the runtime knows it: the socket's or the platform's, never a bare header. */
  clientIp?: (c: Context) => string | undefined;
  /** Told after each commit that narrowed somebody's rights: the outbox has news for the media nodes. */
  onRightsChanged?: () => void;
}

/** What the routes get: the app's dependencies and what the app made for itself. */
export interface RouteDeps extends AppDeps {
  passwords: PasswordQueue;
  changes: ChangeServices;
}

export interface AppEnv {
  Variables: { requestId: string };
}

/** After `authenticate`. */
export interface SessionEnv {
  Variables: { requestId: string; session: ActiveSession };
}
