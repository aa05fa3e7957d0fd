import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  loginRequestSchema,
  reauthenticateRequestSchema,
  refreshRequestSchema,
  registerRequestSchema,
  sessionResponseSchema,
} from "@parley/contract/accounts";
import { AppError } from "@parley/contract/errors";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { callerOf } from "../caller.ts";
import * as Accounts from "../domain/accounts.ts";
import * as Sessions from "../domain/sessions.ts";
import { jsonBody } from "../json-body.ts";
import { noBody } from "../no-body.ts";
import { clearRefreshCookie, readRefreshCookie } from "../refresh-cookie.ts";
import { BODY_PROBLEMS } from "./body-problems.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";
import { answerWith } from "./session-answer.ts";

const LOGIN_PROBLEMS = [
  "invalid_credentials",
  "second_factor_required",
  "second_factor_wrong",
  "rate_limited",
  "unavailable",
] as const;
const shared = { method: "post" as const, tags: ["auth"] };

const register = createRoute({
  ...shared,
  path: "/v1/auth/register",
  summary: "Make an account and log in",
  middleware: [jsonBody] as const,
  request: { body: { content: jsonContent(registerRequestSchema), required: true } },
  responses: {
    201: { description: "The account's first session.", content: jsonContent(sessionResponseSchema) },
    ...problems(...BODY_PROBLEMS, "password_too_weak", "name_taken", "rate_limited", "unavailable"),
  },
});

const login = createRoute({
  ...shared,
  path: "/v1/auth/login",
  summary: "Log in",
  description:
    "Where the account has a second factor, a first answer asks for it: send all of it again with `code`.",
  middleware: [jsonBody] as const,
  request: { body: { content: jsonContent(loginRequestSchema), required: true } },
  responses: {
    200: { description: "A new session.", content: jsonContent(sessionResponseSchema) },
    ...problems(...BODY_PROBLEMS, ...LOGIN_PROBLEMS),
  },
});

const refresh = createRoute({
  ...shared,
  path: "/v1/auth/refresh",
  summary: "A new access token for a refresh token",
  description:
    "Each refresh token works once, and ten seconds longer to get the same successor again. Using it later ends the session. Without a body it is read from the cookie, and its successor goes there.",
  middleware: [jsonBody] as const,
  request: { body: { content: jsonContent(refreshRequestSchema), required: false } },
  responses: {
    200: {
      description: "The session, with its next refresh token.",
      content: jsonContent(sessionResponseSchema),
    },
    ...problems(...BODY_PROBLEMS, "unauthenticated", "origin_forbidden", "rate_limited", "unavailable"),
  },
});

export function addAuthRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const services = deps.accounts;
  const security = [{ accessToken: [] }];

  app.openapi(register, async (c) => {
    const { tokenIn, ...request } = c.req.valid("json");
    const session = await Accounts.register(services, request, callerOf(c, deps));
    return c.json(answerWith(c, deps, session, tokenIn), 201);
  });

  app.openapi(login, async (c) => {
    const { tokenIn, ...request } = c.req.valid("json");
    const session = await Accounts.logIn(services, request, callerOf(c, deps));
    return c.json(answerWith(c, deps, session, tokenIn), 200);
  });

  app.openapi(refresh, async (c) => {
    const given = c.req.valid("json")?.refreshToken;
    const token = given ?? readRefreshCookie(c, services.publicUrl());
    if (token === undefined) throw new AppError("unauthenticated");
    try {
      const session = await Sessions.refresh(services, token, callerOf(c, deps));
      return c.json(answerWith(c, deps, session, given === undefined ? "cookie" : "body"), 200);
    } catch (error) {
      // A cookie that opens nothing would only be sent again and again.
      const isOver = error instanceof AppError && error.code === "unauthenticated";
      if (isOver && given === undefined) clearRefreshCookie(c, services.publicUrl());
      throw error;
    }
  });

  const reauthenticate = createRoute({
    ...shared,
    path: "/v1/auth/reauthenticate",
    summary: "Prove once more who you are",
    description: "The session counts as a log-in of now, which some changes ask for.",
    security,
    middleware: [authenticate(deps), jsonBody] as const,
    request: { body: { content: jsonContent(reauthenticateRequestSchema), required: true } },
    responses: {
      204: { description: "Done." },
      ...problems(...BODY_PROBLEMS, "unauthenticated", ...LOGIN_PROBLEMS),
    },
  });
  app.openapi(reauthenticate, async (c) => {
    await Accounts.reauthenticate(services, c.var.session, c.req.valid("json"), callerOf(c, deps));
    return c.body(null, 204);
  });

  const logout = createRoute({
    ...shared,
    path: "/v1/auth/logout",
    summary: "End this session",
    security,
    middleware: [authenticate(deps), noBody] as const,
    responses: {
      204: { description: "The session is revoked." },
      ...problems(...BODY_PROBLEMS, "unauthenticated"),
    },
  });
  app.openapi(logout, async (c) => {
    const { id, user } = c.var.session;
    await Sessions.end(services, user.id, id, callerOf(c, deps), "session.log_out");
    clearRefreshCookie(c, services.publicUrl());
    return c.body(null, 204);
  });

  const logoutAll = createRoute({
    ...shared,
    path: "/v1/auth/logout-all",
    summary: "End all my sessions, this one too",
    security,
    middleware: [authenticate(deps), noBody] as const,
    responses: {
      204: { description: "All sessions are revoked." },
      ...problems(...BODY_PROBLEMS, "unauthenticated"),
    },
  });
  app.openapi(logoutAll, async (c) => {
    await Sessions.endAll(services, c.var.session.user.id, callerOf(c, deps));
    clearRefreshCookie(c, services.publicUrl());
    return c.body(null, 204);
  });
}
