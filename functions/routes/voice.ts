import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { presenceResponseSchema } from "@parley/contract/channels";
import { channelIdSchema, organizationIdSchema, userIdSchema } from "@parley/contract/ids";
import { assignmentSchema, joinRequestSchema } from "@parley/contract/join";
import { z } from "zod";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import { join } from "../domain/join.ts";
import * as Presence from "../domain/presence.ts";
import * as Voice from "../domain/voice.ts";
import { jsonBody } from "../json-body.ts";
import { jsonContent } from "./json-content.ts";
import { bodilessRoute, CHANGE_PROBLEMS, callerOf, NO_CONTENT, orgParams } from "./organization-route.ts";
import { problems } from "./problems.ts";

export function addVoiceRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const { directory, keys, passwords, now } = deps;
  const { limits } = deps.accounts;
  const services = { db: deps.database, directory, keys, passwords, limits, now };
  const shared = { tags: ["voice"], security: [{ accessToken: [] }] };

  const presence = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/voice",
    summary: "Who is in which channel",
    middleware: [authenticate(deps)] as const,
    request: { params: z.object({ org: organizationIdSchema }) },
    responses: {
      200: {
        description: "Everybody in the channels that you see.",
        content: jsonContent(presenceResponseSchema),
      },
      ...problems("unauthenticated", "not_found", "validation_failed"),
    },
  });

  app.openapi(presence, async (c) => {
    const { org } = c.req.valid("param");
    const asker = { orgId: org, userId: c.var.session.user.id, now: now() };
    const present = await Presence.read(services, asker);
    return c.json({ present }, 200);
  });

  const disconnect = createRoute({
    ...bodilessRoute(deps, "voice"),
    method: "post",
    path: "/v1/orgs/{org}/voice/{user}/disconnect",
    summary: "Take somebody out of voice; they may come back",
    request: { params: orgParams.extend({ user: userIdSchema }) },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS) },
  });

  app.openapi(disconnect, async (c) => {
    const { org, user } = c.req.valid("param");
    const moderation = { ...deps.changes, directory };
    await Voice.disconnect(moderation, { ...callerOf(c, deps), orgId: org }, user);
    return c.body(null, 204);
  });

  const joinRoute = createRoute({
    ...shared,
    method: "post",
    path: "/v1/orgs/{org}/channels/{channel}/join",
    summary: "Ask for a place in a channel",
    middleware: [authenticate(deps), jsonBody] as const,
    request: {
      params: z.object({ org: organizationIdSchema, channel: channelIdSchema }),
      body: { content: jsonContent(joinRequestSchema), required: false },
    },
    responses: {
      200: {
        description: "The media node to go to, and the token that it will ask for.",
        content: jsonContent(assignmentSchema),
      },
      ...problems(
        "malformed_json",
        "unauthenticated",
        "forbidden",
        "channel_password_required",
        "channel_password_wrong",
        "quota_exceeded",
        "not_found",
        "body_too_large",
        "unsupported_media_type",
        "validation_failed",
        "rate_limited",
        "unavailable",
      ),
    },
  });

  app.openapi(joinRoute, async (c) => {
    const { org, channel } = c.req.valid("param");
    const { password } = c.req.valid("json") ?? {};
    const input = { session: c.var.session, orgId: org, channelId: channel };
    return c.json(await join(services, password === undefined ? input : { ...input, password }), 200);
  });
}
