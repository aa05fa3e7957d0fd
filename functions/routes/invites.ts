import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { inviteIdSchema } from "@parley/contract/ids";
import {
  acceptInviteResponseSchema,
  createdInviteSchema,
  createInviteRequestSchema,
  inviteCodeSchema,
  invitePreviewSchema,
  invitesResponseSchema,
} from "@parley/contract/invites";
import { z } from "zod";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import * as Invites from "../domain/invites.ts";
import { jsonContent } from "./json-content.ts";
import {
  bodilessRoute,
  CHANGE_PROBLEMS,
  callerOf,
  NO_CONTENT,
  organizationRoute,
  orgParams,
  READ_PROBLEMS,
} from "./organization-route.ts";
import { problems } from "./problems.ts";

const params = orgParams.extend({ invite: inviteIdSchema });
const codeParams = z.object({ code: inviteCodeSchema });

export function addInviteRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = organizationRoute(deps, "invites");
  const bodiless = bodilessRoute(deps, "invites");

  const create = createRoute({
    ...shared,
    method: "post",
    path: "/v1/orgs/{org}/invites",
    summary: "Make an invite",
    request: {
      params: orgParams,
      body: { content: jsonContent(createInviteRequestSchema), required: true },
    },
    responses: {
      201: { description: "Its code is told this once.", content: jsonContent(createdInviteSchema) },
      ...problems(...CHANGE_PROBLEMS, "quota_exceeded"),
    },
  });
  app.openapi(create, async (c) => {
    const actor = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    return c.json(await Invites.create(deps.changes, actor, c.req.valid("json")), 201);
  });

  const list = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/invites",
    summary: "Invites that still open the door",
    request: { params: orgParams },
    responses: {
      200: {
        description: "One's own; all for those who manage the organisation.",
        content: jsonContent(invitesResponseSchema),
      },
      ...problems(...READ_PROBLEMS, "forbidden"),
    },
  });
  app.openapi(list, async (c) => {
    const asker = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    return c.json({ invites: await Invites.list(deps.database, asker) }, 200);
  });

  const revoke = createRoute({
    ...bodiless,
    method: "delete",
    path: "/v1/orgs/{org}/invites/{invite}",
    summary: "Revoke an invite",
    request: { params },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS) },
  });
  app.openapi(revoke, async (c) => {
    const { org, invite } = c.req.valid("param");
    await Invites.revoke(deps.changes, { ...callerOf(c, deps), orgId: org }, invite);
    return c.body(null, 204);
  });

  const preview = createRoute({
    tags: ["invites"],
    method: "get",
    path: "/v1/invites/{code}",
    summary: "Where an invite leads; needs no log-in",
    request: { params: codeParams },
    responses: {
      200: { description: "Before joining.", content: jsonContent(invitePreviewSchema) },
      ...problems("not_found", "validation_failed"),
    },
  });
  app.openapi(preview, async (c) =>
    c.json(await Invites.preview(deps.database, c.req.valid("param").code, deps.now()), 200),
  );

  const accept = createRoute({
    ...bodiless,
    method: "post",
    path: "/v1/invites/{code}/accept",
    summary: "Become a member",
    request: { params: codeParams },
    responses: {
      200: {
        description: "Also for one who was in already.",
        content: jsonContent(acceptInviteResponseSchema),
      },
      ...problems(...CHANGE_PROBLEMS, "banned", "quota_exceeded"),
    },
  });
  app.openapi(accept, async (c) => {
    const organization = await Invites.accept(deps.database, callerOf(c, deps), c.req.valid("param").code);
    return c.json({ organization }, 200);
  });
}
