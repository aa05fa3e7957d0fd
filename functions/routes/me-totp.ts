/** Codes of an authenticator app as a second factor. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  recoveryCodesSchema,
  totpConfirmRequestSchema,
  totpEnrolmentSchema,
} from "@parley/contract/second-factors";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { callerOf } from "../caller.ts";
import * as Totp from "../domain/totp.ts";
import { jsonBody } from "../json-body.ts";
import { noBody } from "../no-body.ts";
import { BODY_PROBLEMS } from "./body-problems.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";

export function addMeTotpRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const services = deps.accounts;
  const shared = {
    tags: ["me"],
    security: [{ accessToken: [] }],
  };

  const enrol = createRoute({
    ...shared,
    method: "post",
    path: "/v1/me/totp",
    middleware: [authenticate(deps), noBody] as const,
    summary: "A secret for my authenticator app",
    description: "Nothing is switched on before a code confirms it. Asking again replaces the secret.",
    responses: {
      200: {
        description: "The secret, also as the address of a QR code.",
        content: jsonContent(totpEnrolmentSchema),
      },
      ...problems(...BODY_PROBLEMS, "bad_request", "unauthenticated", "recent_login_required"),
    },
  });
  app.openapi(enrol, async (c) => c.json(await Totp.enrol(services, c.var.session), 200));

  const confirm = createRoute({
    ...shared,
    method: "post",
    path: "/v1/me/totp/confirm",
    middleware: [authenticate(deps), jsonBody] as const,
    summary: "Switch codes on",
    request: { body: { content: jsonContent(totpConfirmRequestSchema), required: true } },
    responses: {
      200: { description: "On. Recovery codes, shown this once.", content: jsonContent(recoveryCodesSchema) },
      ...problems(
        ...BODY_PROBLEMS,
        "unauthenticated",
        "second_factor_wrong",
        "recent_login_required",
        "not_found",
        "rate_limited",
      ),
    },
  });
  app.openapi(confirm, async (c) => {
    const { code } = c.req.valid("json");
    return c.json(
      { recoveryCodes: await Totp.confirm(services, c.var.session, code, callerOf(c, deps)) },
      200,
    );
  });

  const disable = createRoute({
    ...shared,
    method: "delete",
    path: "/v1/me/totp",
    middleware: [authenticate(deps), noBody] as const,
    summary: "Switch codes off",
    responses: {
      204: { description: "Off; recovery codes count no more." },
      ...problems(...BODY_PROBLEMS, "unauthenticated", "recent_login_required", "not_found"),
    },
  });
  app.openapi(disable, async (c) => {
    await Totp.disable(services, c.var.session, callerOf(c, deps));
    return c.body(null, 204);
  });
}
