import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  createOrganizationRequestSchema,
  organizationDetailSchema,
  tagSchema,
  transferRequestSchema,
  updateOrganizationRequestSchema,
  usageResponseSchema,
} from "@parley/contract/organizations";
import { z } from "zod";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import * as Organizations from "../domain/organizations.ts";
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

const detail = (description: string) => ({ description, content: jsonContent(organizationDetailSchema) });

export function addOrganizationRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = organizationRoute(deps, "organisations");
  const bodiless = bodilessRoute(deps, "organisations");

  const create = createRoute({
    ...creatingRoute(deps, "organisations"),
    method: "post",
    path: "/v1/orgs",
    summary: "Make an organisation and own it",
    request: {
      headers: creatingHeaders,
      body: { content: jsonContent(createOrganizationRequestSchema), required: true },
    },
    responses: {
      201: detail("It has one channel and the role everyone."),
      ...problems(...CREATE_PROBLEMS),
    },
  });
  app.openapi(create, async (c) =>
    c.json(await Organizations.create(deps.database, callerOf(c, deps), c.req.valid("json")), 201),
  );

  const byTag = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/by-tag/{tag}",
    summary: "One of my organisations, by its tag",
    request: { params: z.object({ tag: tagSchema }) },
    responses: { 200: detail("As its members see it."), ...problems(...READ_PROBLEMS) },
  });
  app.openapi(byTag, async (c) =>
    c.json(await Organizations.readByTag(deps.database, callerOf(c, deps), c.req.valid("param").tag), 200),
  );

  const read = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}",
    summary: "An organisation",
    request: { params: orgParams },
    responses: { 200: detail("As its members see it."), ...problems(...READ_PROBLEMS) },
  });
  app.openapi(read, async (c) => {
    const orgId = c.req.valid("param").org;
    return c.json(await Organizations.read(deps.database, { ...callerOf(c, deps), orgId }), 200);
  });

  const update = createRoute({
    ...shared,
    method: "patch",
    path: "/v1/orgs/{org}",
    summary: "Rename an organisation",
    request: {
      params: orgParams,
      body: { content: jsonContent(updateOrganizationRequestSchema), required: true },
    },
    responses: { 200: detail("As it is now."), ...problems(...CHANGE_PROBLEMS, "name_taken") },
  });
  app.openapi(update, async (c) => {
    const actor = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    return c.json(await Organizations.update(deps.changes, actor, c.req.valid("json")), 200);
  });

  const remove = createRoute({
    ...bodiless,
    method: "delete",
    path: "/v1/orgs/{org}",
    summary: "Delete an organisation, for good",
    request: { params: orgParams },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS, "recent_login_required") },
  });
  app.openapi(remove, async (c) => {
    await Organizations.remove(deps.changes, { ...callerOf(c, deps), orgId: c.req.valid("param").org });
    return c.body(null, 204);
  });

  const transfer = createRoute({
    ...shared,
    method: "post",
    path: "/v1/orgs/{org}/transfer",
    summary: "Hand an organisation to another member",
    request: {
      params: orgParams,
      body: { content: jsonContent(transferRequestSchema), required: true },
    },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS, "recent_login_required") },
  });
  app.openapi(transfer, async (c) => {
    const actor = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    await Organizations.transfer(deps.changes, actor, c.req.valid("json").userId);
    return c.body(null, 204);
  });

  const usage = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/usage",
    summary: "What an organisation holds, and what it may",
    request: { params: orgParams },
    responses: {
      200: { description: "A quota of 0 is none.", content: jsonContent(usageResponseSchema) },
      ...problems(...READ_PROBLEMS),
    },
  });
  app.openapi(usage, async (c) => {
    const services = { db: deps.database, directory: deps.directory };
    const asker = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    return c.json(await Organizations.readUsage(services, asker), 200);
  });
}
