import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { myOrganizationsResponseSchema, userSchema } from "@parley/contract/accounts";
import * as Organizations from "@parley/db/queries/organizations";
import { withSystem } from "@parley/db/scope";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";

export function addMeRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = {
    method: "get" as const,
    tags: ["me"],
    security: [{ accessToken: [] }],
    middleware: authenticate(deps),
  };

  const me = createRoute({
    ...shared,
    path: "/v1/me",
    summary: "Who am I",
    responses: {
      200: { description: "The account that is logged in.", content: jsonContent(userSchema) },
      ...problems("unauthenticated"),
    },
  });

  app.openapi(me, (c) => c.json(c.var.session.user, 200));

  const myOrganizations = createRoute({
    ...shared,
    path: "/v1/me/organizations",
    summary: "My organisations",
    responses: {
      200: { description: "By name.", content: jsonContent(myOrganizationsResponseSchema) },
      ...problems("unauthenticated"),
    },
  });

  app.openapi(myOrganizations, async (c) => {
    const organizations = await withSystem(deps.database, (tx) =>
      Organizations.listOfUser(tx, c.var.session.user.id),
    );
    return c.json({ organizations }, 200);
  });
}
