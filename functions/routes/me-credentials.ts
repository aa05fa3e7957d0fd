/** Password and email address of who is logged in. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { emailChangeSchema, passwordChangeSchema } from "@parley/contract/accounts";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { callerOf } from "../caller.ts";
import * as Email from "../domain/email.ts";
import * as Passwords from "../domain/passwords.ts";
import { jsonBody } from "../json-body.ts";
import { BODY_PROBLEMS } from "./body-problems.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";

export function addMeCredentialRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = {
    method: "put" as const,
    tags: ["me"],
    security: [{ accessToken: [] }],
  };

  const password = createRoute({
    ...shared,
    path: "/v1/me/password",
    middleware: [authenticate(deps), jsonBody] as const,
    summary: "Change my password",
    description: "Ends my other sessions.",
    request: { body: { content: jsonContent(passwordChangeSchema), required: true } },
    responses: {
      204: { description: "Changed." },
      ...problems(
        ...BODY_PROBLEMS,
        "unauthenticated",
        "recent_login_required",
        "password_too_weak",
        "rate_limited",
        "unavailable",
      ),
    },
  });
  app.openapi(password, async (c) => {
    await Passwords.change(deps.accounts, c.var.session, c.req.valid("json").password, callerOf(c, deps));
    return c.body(null, 204);
  });

  const email = createRoute({
    ...shared,
    path: "/v1/me/email",
    middleware: [authenticate(deps), jsonBody] as const,
    summary: "Change or remove my email address",
    description:
      "A new address counts once the link that is mailed to it was opened. Ends my other sessions.",
    request: { body: { content: jsonContent(emailChangeSchema), required: true } },
    responses: {
      202: { description: "A mail is on its way to the new address, or the old one is gone." },
      ...problems(
        ...BODY_PROBLEMS,
        "unauthenticated",
        "recent_login_required",
        "rate_limited",
        "unavailable",
      ),
    },
  });
  app.openapi(email, async (c) => {
    await Email.change(deps.accounts, c.var.session, c.req.valid("json").email, callerOf(c, deps));
    return c.body(null, 202);
  });
}
