import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { channelAclResponseSchema, putChannelAclRequestSchema } from "@parley/contract/channel-acl";
import { channelIdSchema, userIdSchema } from "@parley/contract/ids";
import { inspectionSchema } from "@parley/contract/inspection";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import * as ChannelAcl from "../domain/channel-acl.ts";
import { etagOf, ifMatchHeaders, parseIfMatch } from "../if-match.ts";
import { jsonContent } from "./json-content.ts";
import {
  CHANGE_PROBLEMS,
  callerOf,
  organizationRoute,
  orgParams,
  READ_PROBLEMS,
} from "./organization-route.ts";
import { problems } from "./problems.ts";

const params = orgParams.extend({ channel: channelIdSchema });
const acl = { description: "All of the channel's entries.", content: jsonContent(channelAclResponseSchema) };

export function addChannelAclRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = organizationRoute(deps, "channels");

  const read = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/channels/{channel}/acl",
    summary: "Who may do what in a channel",
    request: { params },
    responses: { 200: acl, ...problems(...READ_PROBLEMS, "forbidden") },
  });
  app.openapi(read, async (c) => {
    const { org, channel } = c.req.valid("param");
    const asker = { ...callerOf(c, deps), orgId: org };
    const acl = await ChannelAcl.read(deps.database, asker, channel);
    return c.json(acl, 200, etagOf(acl));
  });

  const replace = createRoute({
    ...shared,
    method: "put",
    path: "/v1/orgs/{org}/channels/{channel}/acl",
    summary: "Replace a channel's entries",
    request: {
      params,
      headers: ifMatchHeaders,
      body: { content: jsonContent(putChannelAclRequestSchema), required: true },
    },
    responses: { 200: acl, ...problems(...CHANGE_PROBLEMS, "quota_exceeded", "changed_meanwhile") },
  });
  app.openapi(replace, async (c) => {
    const { org, channel } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    const expected = parseIfMatch(c.req.valid("header")["if-match"]);
    const acl = await ChannelAcl.replace(deps.changes, actor, channel, c.req.valid("json"), expected);
    return c.json(acl, 200, etagOf(acl));
  });

  const inspect = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/channels/{channel}/permissions/{user}",
    summary: "What somebody may do in a channel, and why",
    request: { params: params.extend({ user: userIdSchema }) },
    responses: {
      200: {
        description: "Each permission with its reasons, in the order in which they apply.",
        content: jsonContent(inspectionSchema),
      },
      ...problems(...READ_PROBLEMS, "forbidden"),
    },
  });
  app.openapi(inspect, async (c) => {
    const { org, channel, user } = c.req.valid("param");
    const asker = { ...callerOf(c, deps), orgId: org };
    return c.json(await ChannelAcl.inspect(deps.database, asker, channel, user), 200);
  });
}
