import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { channelTreeResponseSchema } from "@parley/contract/channels";
import { organizationIdSchema } from "@parley/contract/ids";
import { withOrg } from "@parley/db/scope";
import { z } from "zod";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { authenticate } from "../authenticate.ts";
import * as ChannelTree from "../domain/channel-tree.ts";
import { jsonContent } from "./json-content.ts";
import { problems } from "./problems.ts";

export function addChannelRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const tree = createRoute({
    method: "get",
    path: "/v1/orgs/{org}/channels",
    tags: ["channels"],
    summary: "The channel tree",
    security: [{ accessToken: [] }],
    middleware: [authenticate(deps)] as const,
    request: { params: z.object({ org: organizationIdSchema }) },
    responses: {
      200: {
        description: "A flat list: a parent before its children, siblings by position.",
        content: jsonContent(channelTreeResponseSchema),
      },
      ...problems("unauthenticated", "not_found", "validation_failed"),
    },
  });

  app.openapi(tree, async (c) => {
    const { org } = c.req.valid("param");
    const channels = await withOrg(deps.database, org, (tx) =>
      ChannelTree.read(tx, { orgId: org, userId: c.var.session.user.id, now: deps.now() }),
    );
    return c.json({ channels }, 200);
  });
}
