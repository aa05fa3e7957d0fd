/** Log-in by passkey. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { sessionResponseSchema } from "@parley/contract/accounts";
import { passkeyLoginRequestSchema, passkeyOptionsSchema } from "@parley/contract/second-factors";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { callerOf } from "../caller.ts";
import * as Passkeys from "../domain/passkeys.ts";
import { jsonBody } from "../json-body.ts";
import { noBody } from "../no-body.ts";
import { BODY_PROBLEMS } from "./body-problems.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";
import { answerWith } from "./session-answer.ts";

const shared = { method: "post" as const, tags: ["auth"] };

const options = createRoute({
  ...shared,
  path: "/v1/auth/passkey/options",
  middleware: [noBody] as const,
  summary: "A challenge for a passkey's log-in",
  responses: {
    200: {
      description: "For `navigator.credentials.get`, as JSON. Works once, within five minutes.",
      content: jsonContent(passkeyOptionsSchema),
    },
    ...problems(...BODY_PROBLEMS, "rate_limited", "unavailable"),
  },
});

const login = createRoute({
  ...shared,
  path: "/v1/auth/passkey/login",
  middleware: [jsonBody] as const,
  summary: "Log in with a passkey",
  request: { body: { content: jsonContent(passkeyLoginRequestSchema), required: true } },
  responses: {
    200: { description: "A new session.", content: jsonContent(sessionResponseSchema) },
    ...problems(...BODY_PROBLEMS, "passkey_refused", "rate_limited", "unavailable"),
  },
});

export function addAuthPasskeyRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  app.openapi(options, async (c) =>
    c.json(await Passkeys.loginOptions(deps.accounts, callerOf(c, deps)), 200),
  );
  app.openapi(login, async (c) => {
    const { assertion, tokenIn } = c.req.valid("json");
    const session = await Passkeys.logIn(deps.accounts, assertion, callerOf(c, deps));
    return c.json(answerWith(c, deps, session, tokenIn), 200);
  });
}
