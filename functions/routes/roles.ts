import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { roleIdSchema } from "@parley/contract/ids";
import {
  createRoleRequestSchema,
  reorderRolesRequestSchema,
  roleSchema,
  rolesResponseSchema,
  updateRoleRequestSchema,
} from "@parley/contract/roles";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import * as Roles from "../domain/roles.ts";
import { etagOf, ifMatchHeaders, parseIfMatch } from "../if-match.ts";
import { jsonContent } from "./json-content.ts";
import {
  bodilessRoute,
  CHANGE_PROBLEMS,
  CREATE_PROBLEMS,
  callerOf,
  creatingHeaders,
  creatingRoute,
  NO_CONTENT,
  organizationRoute,
  orgParams,
  READ_PROBLEMS,
} from "./organization-route.ts";
import { problems } from "./problems.ts";

const params = orgParams.extend({ role: roleIdSchema });

export function addRoleRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = organizationRoute(deps, "roles");
  const bodiless = bodilessRoute(deps, "roles");

  const list = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/roles",
    summary: "Roles, the highest first",
    request: { params: orgParams },
    responses: {
      200: { description: "All of them.", content: jsonContent(rolesResponseSchema) },
      ...problems(...READ_PROBLEMS),
    },
  });
  app.openapi(list, async (c) => {
    const asker = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    return c.json({ roles: await Roles.list(deps.database, asker) }, 200);
  });

  const create = createRoute({
    ...creatingRoute(deps, "roles"),
    method: "post",
    path: "/v1/orgs/{org}/roles",
    summary: "Make a role",
    request: {
      params: orgParams,
      headers: creatingHeaders,
      body: { content: jsonContent(createRoleRequestSchema), required: true },
    },
    responses: {
      201: { description: "The new role.", content: jsonContent(roleSchema) },
      ...problems(...CREATE_PROBLEMS),
    },
  });
  app.openapi(create, async (c) => {
    const actor = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    return c.json(await Roles.create(deps.changes, actor, c.req.valid("json")), 201);
  });

  const reorder = createRoute({
    ...shared,
    method: "put",
    path: "/v1/orgs/{org}/roles/order",
    summary: "Put the roles in order",
    request: {
      params: orgParams,
      body: { content: jsonContent(reorderRolesRequestSchema), required: true },
    },
    responses: {
      200: { description: "The highest first.", content: jsonContent(rolesResponseSchema) },
      ...problems(...CHANGE_PROBLEMS, "roles_incomplete"),
    },
  });
  app.openapi(reorder, async (c) => {
    const actor = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    return c.json({ roles: await Roles.reorder(deps.changes, actor, c.req.valid("json")) }, 200);
  });

  const update = createRoute({
    ...shared,
    method: "patch",
    path: "/v1/orgs/{org}/roles/{role}",
    summary: "Change a role's name or permissions",
    request: {
      params,
      headers: ifMatchHeaders,
      body: { content: jsonContent(updateRoleRequestSchema), required: true },
    },
    responses: {
      200: { description: "As it is now.", content: jsonContent(roleSchema) },
      ...problems(...CHANGE_PROBLEMS, "name_taken", "changed_meanwhile"),
    },
  });
  app.openapi(update, async (c) => {
    const { org, role } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    const expected = parseIfMatch(c.req.valid("header")["if-match"]);
    const changed = await Roles.update(deps.changes, actor, role, c.req.valid("json"), expected);
    return c.json(changed, 200, etagOf(changed));
  });

  const remove = createRoute({
    ...bodiless,
    method: "delete",
    path: "/v1/orgs/{org}/roles/{role}",
    summary: "Delete a role",
    request: { params },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS) },
  });
  app.openapi(remove, async (c) => {
    const { org, role } = c.req.valid("param");
    await Roles.remove(deps.changes, { ...callerOf(c, deps), orgId: org }, role);
    return c.body(null, 204);
  });
}
