/** What all routes of an organisation share: who may ask at all, what may fail, and who is written down. */
import type { ErrorCode } from "@parley/contract/errors";
import { organizationIdSchema } from "@parley/contract/ids";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv, RouteDeps, SessionEnv } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { callerOf as callerOfRequest } from "../caller.ts";
import type { Actor } from "../domain/actor.ts";
import { idempotent } from "../idempotency.ts";
import { jsonBody } from "../json-body.ts";
import { noBody } from "../no-body.ts";

export const orgParams = z.object({ org: organizationIdSchema });

export const READ_PROBLEMS = [
  "unauthenticated",
  "not_found",
  "validation_failed",
] as const satisfies ErrorCode[];

export const CHANGE_PROBLEMS = [
  ...READ_PROBLEMS,
  "malformed_json",
  "forbidden",
  "body_too_large",
  "unsupported_media_type",
  "rate_limited",
  "unavailable",
] as const satisfies ErrorCode[];

export const organizationRoute = (deps: RouteDeps, tag: string, body: typeof jsonBody = jsonBody) => ({
  tags: [tag],
  security: [{ accessToken: [] }],
  middleware: [authenticate(deps), limitChanges(deps), body] as [
    MiddlewareHandler<SessionEnv>,
    MiddlewareHandler<SessionEnv>,
    MiddlewareHandler<AppEnv>,
  ],
});

/** For changes that the path alone describes. */
export const bodilessRoute = (deps: RouteDeps, tag: string) => organizationRoute(deps, tag, noBody);

const limitChanges =
  ({ accounts }: RouteDeps): MiddlewareHandler<SessionEnv> =>
  async (c, next) => {
    if (c.req.method !== "GET") await accounts.limits.take("change", c.var.session.user.id);
    await next();
  };

/** For requests that create: sent again with the same Idempotency-Key they are answered again. */
export const creatingRoute = (deps: RouteDeps, tag: string) => {
  const shared = organizationRoute(deps, tag);
  const middleware: [...typeof shared.middleware, MiddlewareHandler<SessionEnv>] = [
    ...shared.middleware,
    idempotent(deps),
  ];
  return { ...shared, middleware };
};

/** What such a request may be told besides. */
export const CREATE_PROBLEMS = [
  ...CHANGE_PROBLEMS,
  "bad_request",
  "quota_exceeded",
  "name_taken",
  "idempotency_key_reused",
  "idempotency_in_progress",
] as const satisfies ErrorCode[];

/** The key's header, for the OpenAPI document. */
export const creatingHeaders = z.object({ "idempotency-key": z.string().optional() });

type Caller = Omit<Actor, "orgId">;

/** Whoever is logged in, and from where. */
export function callerOf(c: Context<SessionEnv>, deps: RouteDeps): Caller {
  const { id, user, authenticatedAt } = c.var.session;
  const { ip, userAgent, requestId } = callerOfRequest(c, deps);
  return {
    userId: user.id,
    sessionId: id,
    username: user.username,
    authenticatedAt,
    now: deps.now(),
    requestId,
    ip,
    userAgent,
  };
}

export const NO_CONTENT = { 204: { description: "Done." } } as const;
