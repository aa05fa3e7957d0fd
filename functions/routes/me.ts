import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  accountChangeSchema,
  accountExportSchema,
  accountSchema,
  myOrganizationsResponseSchema,
} from "@parley/contract/accounts";
import * as Organizations from "@parley/db/queries/organizations";
import { withSystem } from "@parley/db/scope";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { callerOf } from "../caller.ts";
import { deleteAccount } from "../domain/account-deletion.ts";
import { exportAccount } from "../domain/account-export.ts";
import * as Accounts from "../domain/accounts.ts";
import { jsonBody } from "../json-body.ts";
import { noBody } from "../no-body.ts";
import { clearRefreshCookie } from "../refresh-cookie.ts";
import { BODY_PROBLEMS } from "./body-problems.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";

export function addMeRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const services = deps.accounts;
  const shared = { tags: ["me"], security: [{ accessToken: [] }] };

  const me = createRoute({
    ...shared,
    method: "get",
    path: "/v1/me",
    summary: "Who am I",
    middleware: authenticate(deps),
    responses: {
      200: { description: "The account that is logged in.", content: jsonContent(accountSchema) },
      ...problems("unauthenticated"),
    },
  });
  app.openapi(me, async (c) => c.json(await Accounts.read(services, c.var.session.user.id), 200));

  const change = createRoute({
    ...shared,
    method: "patch",
    path: "/v1/me",
    summary: "Change my user name",
    middleware: [authenticate(deps), jsonBody] as const,
    request: { body: { content: jsonContent(accountChangeSchema), required: true } },
    responses: {
      200: { description: "The account as it is now.", content: jsonContent(accountSchema) },
      ...problems(
        ...BODY_PROBLEMS,
        "unauthenticated",
        "recent_login_required",
        "name_taken",
        "rate_limited",
        "unavailable",
      ),
    },
  });
  app.openapi(change, async (c) => {
    const { id } = c.var.session.user;
    await Accounts.rename(services, c.var.session, c.req.valid("json").username, callerOf(c, deps));
    return c.json(await Accounts.read(services, id), 200);
  });

  const remove = createRoute({
    ...shared,
    method: "delete",
    path: "/v1/me",
    summary: "Delete my account",
    description: "At once and for good. What you own must be transferred or deleted first.",
    middleware: [authenticate(deps), noBody] as const,
    responses: {
      204: { description: "The account is gone." },
      ...problems(...BODY_PROBLEMS, "unauthenticated", "recent_login_required", "owner_must_transfer"),
    },
  });
  app.openapi(remove, async (c) => {
    await deleteAccount(services, c.var.session, callerOf(c, deps));
    clearRefreshCookie(c, services.publicUrl());
    return c.body(null, 204);
  });

  const takeOut = createRoute({
    ...shared,
    method: "post",
    path: "/v1/me/export",
    summary: "Everything that is kept about me",
    middleware: [authenticate(deps), noBody] as const,
    responses: {
      200: {
        description: "One JSON document; its fields are those of the tables, without hashes and keys.",
        content: jsonContent(accountExportSchema),
      },
      ...problems(...BODY_PROBLEMS, "unauthenticated", "rate_limited"),
    },
  });
  app.openapi(takeOut, async (c) => {
    const data = await exportAccount(services, c.var.session.user.id, callerOf(c, deps));
    c.header("content-disposition", 'attachment; filename="parley-account.json"');
    return c.json(data, 200);
  });

  const myOrganizations = createRoute({
    ...shared,
    method: "get",
    path: "/v1/me/organizations",
    summary: "My organisations",
    middleware: authenticate(deps),
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
