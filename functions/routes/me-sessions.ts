/** Where I am logged in. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { mySessionsResponseSchema } from "@parley/contract/accounts";
import { sessionIdSchema } from "@parley/contract/ids";
import { z } from "zod";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { callerOf } from "../caller.ts";
import * as Sessions from "../domain/sessions.ts";
import { noBody } from "../no-body.ts";
import { BODY_PROBLEMS } from "./body-problems.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";

export function addMeSessionRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = { tags: ["me"], security: [{ accessToken: [] }] };

  const list = createRoute({
    ...shared,
    method: "get",
    path: "/v1/me/sessions",
    summary: "Where I am logged in",
    middleware: authenticate(deps),
    responses: {
      200: {
        description: "Sessions that count, the newest first.",
        content: jsonContent(mySessionsResponseSchema),
      },
      ...problems("unauthenticated"),
    },
  });
  app.openapi(list, async (c) =>
    c.json({ sessions: await Sessions.list(deps.accounts, c.var.session) }, 200),
  );

  const revoke = createRoute({
    ...shared,
    method: "delete",
    path: "/v1/me/sessions/{session}",
    summary: "End one of my sessions",
    middleware: [authenticate(deps), noBody] as const,
    request: { params: z.object({ session: sessionIdSchema }) },
    responses: {
      204: { description: "Revoked: its tokens are refused from now on, and its call ends." },
      ...problems(...BODY_PROBLEMS, "unauthenticated", "not_found"),
    },
  });
  app.openapi(revoke, async (c) => {
    const { session } = c.req.valid("param");
    await Sessions.end(deps.accounts, c.var.session.user.id, session, callerOf(c, deps), "session.revoke");
    return c.body(null, 204);
  });
}
