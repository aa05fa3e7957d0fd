/** What a mailed link leads to. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  forgotPasswordRequestSchema,
  resetPasswordRequestSchema,
  verifyEmailRequestSchema,
} from "@parley/contract/accounts";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { callerOf } from "../caller.ts";
import * as Email from "../domain/email.ts";
import * as Passwords from "../domain/passwords.ts";
import { jsonBody } from "../json-body.ts";
import { BODY_PROBLEMS } from "./body-problems.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";

const shared = { method: "post" as const, tags: ["auth"] };

const verify = createRoute({
  ...shared,
  path: "/v1/auth/email/verify",
  middleware: [jsonBody] as const,
  summary: "Prove an email address by the token that was mailed to it",
  request: { body: { content: jsonContent(verifyEmailRequestSchema), required: true } },
  responses: {
    204: { description: "The address counts from now on." },
    ...problems(...BODY_PROBLEMS, "link_invalid", "email_taken", "rate_limited"),
  },
});

const forgot = createRoute({
  ...shared,
  path: "/v1/auth/password/forgot",
  middleware: [jsonBody] as const,
  summary: "Have a link mailed that sets a new password",
  request: { body: { content: jsonContent(forgotPasswordRequestSchema), required: true } },
  responses: {
    202: { description: "If this is an account's verified address, a mail is on its way." },
    ...problems(...BODY_PROBLEMS, "rate_limited", "unavailable"),
  },
});

const reset = createRoute({
  ...shared,
  path: "/v1/auth/password/reset",
  middleware: [jsonBody] as const,
  summary: "Set a new password by the token that was mailed",
  request: { body: { content: jsonContent(resetPasswordRequestSchema), required: true } },
  responses: {
    204: { description: "Set; all sessions are revoked. Log in with it." },
    ...problems(...BODY_PROBLEMS, "link_invalid", "password_too_weak", "rate_limited", "unavailable"),
  },
});

export function addAuthMailRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  app.openapi(verify, async (c) => {
    await Email.verify(deps.accounts, c.req.valid("json").token, callerOf(c, deps));
    return c.body(null, 204);
  });
  app.openapi(forgot, async (c) => {
    await Passwords.forgot(deps.accounts, c.req.valid("json").email, callerOf(c, deps));
    return c.body(null, 202);
  });
  app.openapi(reset, async (c) => {
    await Passwords.reset(deps.accounts, c.req.valid("json"), callerOf(c, deps));
    return c.body(null, 204);
  });
}
