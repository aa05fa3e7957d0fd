import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { loginRequestSchema, registerRequestSchema, sessionResponseSchema } from "@parley/contract/accounts";
import type { Context } from "hono";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import * as Accounts from "../domain/accounts.ts";
import * as Sessions from "../domain/sessions.ts";
import { jsonBody } from "../json-body.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";

const BODY_PROBLEMS = [
  "malformed_json",
  "body_too_large",
  "unsupported_media_type",
  "validation_failed",
] as const;
const tags = ["auth"];

const register = createRoute({
  method: "post",
  path: "/v1/auth/register",
  tags,
  summary: "Make an account and log in",
  middleware: [jsonBody] as const,
  request: { body: { content: jsonContent(registerRequestSchema), required: true } },
  responses: {
    201: { description: "The account's first session.", content: jsonContent(sessionResponseSchema) },
    ...problems(...BODY_PROBLEMS, "password_too_weak", "name_taken", "unavailable"),
  },
});

const login = createRoute({
  method: "post",
  path: "/v1/auth/login",
  tags,
  summary: "Log in",
  middleware: [jsonBody] as const,
  request: { body: { content: jsonContent(loginRequestSchema), required: true } },
  responses: {
    200: { description: "A new session.", content: jsonContent(sessionResponseSchema) },
    ...problems(...BODY_PROBLEMS, "invalid_credentials", "unavailable"),
  },
});

export function addAuthRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const { keys, now, passwords } = deps;
  const services = { db: deps.database, keys, now, passwords };
  const originOf = (c: Context): Sessions.Origin => ({
    userAgent: c.req.header("user-agent"),
    ip: deps.clientIp?.(c),
  });

  app.openapi(register, async (c) => {
    const user = await Accounts.register(services, c.req.valid("json"));
    return c.json(await Sessions.open(services, user, originOf(c)), 201);
  });

  app.openapi(login, async (c) => {
    const user = await Accounts.authenticate(services, c.req.valid("json"));
    return c.json(await Sessions.open(services, user, originOf(c)), 200);
  });

  const logout = createRoute({
    method: "post",
    path: "/v1/auth/logout",
    tags,
    summary: "End this session",
    security: [{ accessToken: [] }],
    middleware: [authenticate(deps), jsonBody] as const,
    responses: { 204: { description: "The session is revoked." }, ...problems("unauthenticated") },
  });

  app.openapi(logout, async (c) => {
    await Sessions.close(services, c.var.session.id);
    return c.body(null, 204);
  });
}
