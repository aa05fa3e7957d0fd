/** The one place where failures become HTTP answers (RFC 9457). */
import { AppError, errorTable, toProblem } from "@parley/contract/errors";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppEnv, Logger } from "./app-deps.ts";

const RETRY_AFTER_SECONDS = 2;

export const handleError =
  (logger: Logger) =>
  (error: Error, c: Context<AppEnv>): Response => {
    const requestId = c.get("requestId");
    if (error instanceof AppError) {
      // What else failed behind a 503 is for the operator to know. A full queue has no cause, and is no news.
      if (errorTable[error.code].status >= 500 && error.cause !== undefined) {
        logger.warn({ err: error.cause, requestId, problem: error.code }, "a request could not be served");
      }
      return problemResponse(c, error);
    }
    logger.error({ err: error, requestId, method: c.req.method, path: c.req.path }, "request failed");
    return problemResponse(c, new AppError("internal_error", { cause: error }));
  };

export function problemResponse(
  c: Context<AppEnv>,
  error: AppError,
  headers: Record<string, string> = {},
): Response {
  const problem = toProblem(error, c.get("requestId"));
  const status = errorTable[error.code].status as ContentfulStatusCode;
  return c.body(JSON.stringify(problem), status, {
    "content-type": "application/problem+json",
    // RFC 9110 §15.5.2: a 401 says how to authenticate.
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(status === 503 || status === 429
      ? { "retry-after": String(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS) }
      : {}),
    ...headers,
  });
}
