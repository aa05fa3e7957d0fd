import { createHash } from "node:crypto";
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  channelDetailSchema,
  channelPasswordRequestSchema,
  channelTreeResponseSchema,
  createChannelRequestSchema,
  deleteChannelQuerySchema,
  moveChannelRequestSchema,
  updateChannelRequestSchema,
} from "@parley/contract/channels";
import { channelIdSchema } from "@parley/contract/ids";
import { withOrg } from "@parley/db/scope";
import type { MiddlewareHandler } from "hono";
import { etag } from "hono/etag";
import type { AppEnv, ClaimsEnv, RouteDeps } from "../app-deps.ts";
import { presentToken } from "../authenticate.ts";
import * as ChannelTree from "../domain/channel-tree.ts";
import * as Channels from "../domain/channels.ts";
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

const params = orgParams.extend({ channel: channelIdSchema });
const PLACE_PROBLEMS = ["name_taken", "channel_too_deep"] as const;
const detail = (description: string) => ({ description, content: jsonContent(channelDetailSchema) });

export function addChannelRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = organizationRoute(deps, "channels");
  const bodiless = bodilessRoute(deps, "channels");
  const services = { ...deps.changes, passwords: deps.passwords, limits: deps.accounts.limits };

  const tree = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/channels",
    summary: "The channels that I see, with what I may do in each",
    middleware: [presentToken(deps), etag()] as [MiddlewareHandler<ClaimsEnv>, MiddlewareHandler<AppEnv>],
    request: { params: orgParams },
    responses: {
      200: {
        description: "A flat list: a parent before its children, siblings by position.",
        content: jsonContent(channelTreeResponseSchema),
      },
      304: { description: "Nothing has changed since the ETag in If-None-Match." },
      ...problems(...READ_PROBLEMS),
    },
  });
  app.openapi(tree, async (c) => {
    const asked = { orgId: c.req.valid("param").org, now: deps.now() };
    const channels = await ChannelTree.readAs(deps.database, c.var.claims, asked);
    const body = JSON.stringify({ channels });
    // Here and not by the middleware, which would read the answer back from a stream.
    c.header("etag", `"${createHash("sha256").update(body).digest("base64url")}"`);
    return c.body(body, 200, { "content-type": "application/json" }) as never;
  });

  const create = createRoute({
    ...creatingRoute(deps, "channels"),
    method: "post",
    path: "/v1/orgs/{org}/channels",
    summary: "Make a channel",
    request: {
      params: orgParams,
      headers: creatingHeaders,
      body: { content: jsonContent(createChannelRequestSchema), required: true },
    },
    responses: {
      201: detail("The last of its siblings."),
      ...problems(...CREATE_PROBLEMS, "channel_too_deep", "rate_limited"),
    },
  });
  app.openapi(create, async (c) => {
    const actor = { ...callerOf(c, deps), orgId: c.req.valid("param").org };
    return c.json(await Channels.create(services, actor, c.req.valid("json")), 201);
  });

  const read = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/channels/{channel}",
    summary: "A channel",
    request: { params },
    responses: { 200: detail("With what I may do in it."), ...problems(...READ_PROBLEMS) },
  });
  app.openapi(read, async (c) => {
    const { org, channel } = c.req.valid("param");
    const asker = { ...callerOf(c, deps), orgId: org };
    return c.json(await withOrg(deps.database, org, (tx) => ChannelTree.readOne(tx, asker, channel)), 200);
  });

  const update = createRoute({
    ...shared,
    method: "patch",
    path: "/v1/orgs/{org}/channels/{channel}",
    summary: "Change a channel's settings",
    request: { params, body: { content: jsonContent(updateChannelRequestSchema), required: true } },
    responses: { 200: detail("As it is now."), ...problems(...CHANGE_PROBLEMS, "name_taken") },
  });
  app.openapi(update, async (c) => {
    const { org, channel } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    return c.json(await Channels.update(deps.changes, actor, channel, c.req.valid("json")), 200);
  });

  const move = createRoute({
    ...shared,
    method: "post",
    path: "/v1/orgs/{org}/channels/{channel}/move",
    summary: "Move a channel in the tree, or among its siblings",
    request: { params, body: { content: jsonContent(moveChannelRequestSchema), required: true } },
    responses: {
      200: detail("Where it is now."),
      ...problems(...CHANGE_PROBLEMS, ...PLACE_PROBLEMS, "channel_cycle"),
    },
  });
  app.openapi(move, async (c) => {
    const { org, channel } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    return c.json(await Channels.move(deps.changes, actor, channel, c.req.valid("json")), 200);
  });

  const remove = createRoute({
    ...bodiless,
    method: "delete",
    path: "/v1/orgs/{org}/channels/{channel}",
    summary: "Delete a channel",
    request: { params, query: deleteChannelQuerySchema },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS, "channel_has_children") },
  });
  app.openapi(remove, async (c) => {
    const { org, channel } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    await Channels.remove(deps.changes, actor, channel, c.req.valid("query"));
    return c.body(null, 204);
  });

  const setPassword = createRoute({
    ...shared,
    method: "put",
    path: "/v1/orgs/{org}/channels/{channel}/password",
    summary: "Set a channel's password",
    request: { params, body: { content: jsonContent(channelPasswordRequestSchema), required: true } },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS, "rate_limited") },
  });
  app.openapi(setPassword, async (c) => {
    const { org, channel } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    await Channels.setPassword(services, actor, channel, c.req.valid("json"));
    return c.body(null, 204);
  });

  const clearPassword = createRoute({
    ...bodiless,
    method: "delete",
    path: "/v1/orgs/{org}/channels/{channel}/password",
    summary: "Take a channel's password away",
    request: { params },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS) },
  });
  app.openapi(clearPassword, async (c) => {
    const { org, channel } = c.req.valid("param");
    await Channels.setPassword(services, { ...callerOf(c, deps), orgId: org }, channel, {
      password: null,
      everyoneOut: false,
    });
    return c.body(null, 204);
  });
}
