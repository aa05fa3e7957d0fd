/** Passkeys of who is logged in. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  addPasskeyRequestSchema,
  passkeyIdSchema,
  passkeyOptionsSchema,
  passkeySchema,
  passkeysResponseSchema,
} from "@parley/contract/second-factors";
import { z } from "zod";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { callerOf } from "../caller.ts";
import * as Passkeys from "../domain/passkeys.ts";
import { idempotent } from "../idempotency.ts";
import { jsonBody } from "../json-body.ts";
import { noBody } from "../no-body.ts";
import { BODY_PROBLEMS } from "./body-problems.ts";
import { jsonContent } from "./json-content.ts";
import { creatingHeaders } from "./organization-route.ts";
import { problems } from "./problems.ts";

export function addMePasskeyRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const services = deps.accounts;
  const shared = {
    tags: ["me"],
    security: [{ accessToken: [] }],
  };

  const list = createRoute({
    ...shared,
    method: "get",
    path: "/v1/me/passkeys",
    middleware: authenticate(deps),
    summary: "My passkeys",
    responses: {
      200: { description: "The oldest first.", content: jsonContent(passkeysResponseSchema) },
      ...problems("unauthenticated"),
    },
  });
  app.openapi(list, async (c) =>
    c.json({ passkeys: await Passkeys.list(services, c.var.session.user.id) }, 200),
  );

  const options = createRoute({
    ...shared,
    method: "post",
    path: "/v1/me/passkeys/options",
    middleware: [authenticate(deps), noBody] as const,
    summary: "A challenge for a new passkey",
    responses: {
      200: {
        description: "For `navigator.credentials.create`, as JSON. Works once, within five minutes.",
        content: jsonContent(passkeyOptionsSchema),
      },
      ...problems(...BODY_PROBLEMS, "unauthenticated", "recent_login_required"),
    },
  });
  app.openapi(options, async (c) => c.json(await Passkeys.registrationOptions(services, c.var.session), 200));

  const add = createRoute({
    ...shared,
    method: "post",
    path: "/v1/me/passkeys",
    middleware: [authenticate(deps), jsonBody, idempotent(deps)] as const,
    summary: "Add a passkey",
    request: {
      headers: creatingHeaders,
      body: { content: jsonContent(addPasskeyRequestSchema), required: true },
    },
    responses: {
      201: { description: "It logs me in from now on.", content: jsonContent(passkeySchema) },
      ...problems(
        ...BODY_PROBLEMS,
        "unauthenticated",
        "bad_request",
        "passkey_refused",
        "recent_login_required",
        "quota_exceeded",
        "idempotency_key_reused",
        "idempotency_in_progress",
      ),
    },
  });
  app.openapi(add, async (c) =>
    c.json(await Passkeys.add(services, c.var.session, c.req.valid("json"), callerOf(c, deps)), 201),
  );

  const remove = createRoute({
    ...shared,
    method: "delete",
    path: "/v1/me/passkeys/{passkey}",
    middleware: [authenticate(deps), noBody] as const,
    summary: "Remove a passkey",
    request: { params: z.object({ passkey: passkeyIdSchema }) },
    responses: {
      204: { description: "It logs nobody in any more." },
      ...problems(...BODY_PROBLEMS, "unauthenticated", "recent_login_required", "not_found"),
    },
  });
  app.openapi(remove, async (c) => {
    await Passkeys.remove(services, c.var.session, c.req.valid("param").passkey, callerOf(c, deps));
    return c.body(null, 204);
  });
}
