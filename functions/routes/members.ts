import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { banRequestSchema, bansPageSchema } from "@parley/contract/bans";
import { type OrganizationId, roleIdSchema, type UserId, userIdSchema } from "@parley/contract/ids";
import {
  memberSchema,
  membersPageSchema,
  membersQuerySchema,
  updateMemberRequestSchema,
} from "@parley/contract/members";
import { pageQuerySchema } from "@parley/contract/pages";
import { timeOutRequestSchema } from "@parley/contract/time-outs";
import type { FoundAt } from "@parley/db/queries/members";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { createCursors } from "../cursor.ts";
import * as Members from "../domain/members.ts";
import * as Moderation from "../domain/moderation.ts";
import { etagOf, ifMatchHeaders, parseIfMatch } from "../if-match.ts";
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

const params = orgParams.extend({ user: userIdSchema });

export function addMemberRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = organizationRoute(deps, "members");
  const bodiless = bodilessRoute(deps, "members");
  const cursors = createCursors(deps.keys);
  const after = (list: string, org: OrganizationId, cursor: string | undefined) =>
    cursors.read(list, org, cursor) as UserId | undefined;
  const nextCursor = (list: string, org: OrganizationId, limit: number, items: { userId: UserId }[]) => {
    const last = items.at(-1);
    return items.length < limit || !last ? null : cursors.make(list, org, last.userId);
  };

  const list = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/members",
    summary: "Members, in the order in which their accounts were made",
    request: { params: orgParams, query: membersQuerySchema },
    responses: {
      200: { description: "A page of them.", content: jsonContent(membersPageSchema) },
      ...problems(...READ_PROBLEMS, "bad_request"),
    },
  });
  app.openapi(list, async (c) => {
    const { org } = c.req.valid("param");
    const { cursor, limit, name, role } = c.req.valid("query");
    const asker = { ...callerOf(c, deps), orgId: org };
    if (name !== undefined) {
      const at = cursors.read("members by name", org, cursor);
      const found = await Members.search(deps.database, asker, {
        name,
        limit,
        roleId: role,
        after: at === undefined ? undefined : (JSON.parse(at) as FoundAt),
      });
      const { items, last } = found;
      const { key, userId } = last ?? {};
      const isLast = items.length < limit;
      const nextCursor = isLast
        ? null
        : cursors.make("members by name", org, JSON.stringify({ key, userId }));
      return c.json({ items, nextCursor }, 200);
    }
    const from = after("members", org, cursor);
    const items = await Members.list(deps.database, asker, { after: from, limit, roleId: role });
    return c.json({ items, nextCursor: nextCursor("members", org, limit, items) }, 200);
  });

  const update = createRoute({
    ...shared,
    method: "patch",
    path: "/v1/orgs/{org}/members/{user}",
    summary: "Change a member's nickname or roles",
    request: {
      params,
      headers: ifMatchHeaders,
      body: { content: jsonContent(updateMemberRequestSchema), required: true },
    },
    responses: {
      200: { description: "As they are now.", content: jsonContent(memberSchema) },
      ...problems(...CHANGE_PROBLEMS, "changed_meanwhile"),
    },
  });
  app.openapi(update, async (c) => {
    const { org, user } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    const expected = parseIfMatch(c.req.valid("header")["if-match"]);
    const changed = await Members.update(deps.changes, actor, user, c.req.valid("json"), expected);
    return c.json(changed, 200, etagOf(changed));
  });

  const oneRole = {
    ...bodiless,
    path: "/v1/orgs/{org}/members/{user}/roles/{role}",
    request: { params: params.extend({ role: roleIdSchema }) },
    responses: {
      200: { description: "As they are now.", content: jsonContent(memberSchema) },
      ...problems(...CHANGE_PROBLEMS),
    },
  } as const;
  const giveRole = createRoute({ ...oneRole, method: "put", summary: "Give a member one more role" });
  app.openapi(giveRole, async (c) => {
    const { org, user: userId, role: roleId } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    const changed = await Members.setRole(deps.changes, actor, { userId, roleId, held: true });
    return c.json(changed, 200, etagOf(changed));
  });
  const takeRole = createRoute({ ...oneRole, method: "delete", summary: "Take one role from a member" });
  app.openapi(takeRole, async (c) => {
    const { org, user: userId, role: roleId } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    const changed = await Members.setRole(deps.changes, actor, { userId, roleId, held: false });
    return c.json(changed, 200, etagOf(changed));
  });

  const remove = createRoute({
    ...bodiless,
    method: "delete",
    path: "/v1/orgs/{org}/members/{user}",
    summary: "Kick a member, or leave",
    request: { params },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS, "owner_must_transfer") },
  });
  app.openapi(remove, async (c) => {
    const { org, user } = c.req.valid("param");
    await Members.remove(deps.changes, { ...callerOf(c, deps), orgId: org }, user);
    return c.body(null, 204);
  });

  const ban = createRoute({
    ...shared,
    method: "put",
    path: "/v1/orgs/{org}/members/{user}/ban",
    summary: "Ban somebody who is or was a member",
    request: { params, body: { content: jsonContent(banRequestSchema), required: true } },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS, "owner_must_transfer") },
  });
  app.openapi(ban, async (c) => {
    const { org, user } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    await Moderation.ban(deps.changes, actor, user, c.req.valid("json"));
    return c.body(null, 204);
  });

  const unban = createRoute({
    ...bodiless,
    method: "delete",
    path: "/v1/orgs/{org}/members/{user}/ban",
    summary: "Lift a ban",
    request: { params },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS) },
  });
  app.openapi(unban, async (c) => {
    const { org, user } = c.req.valid("param");
    await Moderation.unban(deps.changes, { ...callerOf(c, deps), orgId: org }, user);
    return c.body(null, 204);
  });

  const bans = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/bans",
    summary: "Who is banned",
    request: { params: orgParams, query: pageQuerySchema },
    responses: {
      200: { description: "A page of them.", content: jsonContent(bansPageSchema) },
      ...problems(...READ_PROBLEMS, "forbidden", "bad_request"),
    },
  });
  app.openapi(bans, async (c) => {
    const { org } = c.req.valid("param");
    const { cursor, limit } = c.req.valid("query");
    const asker = { ...callerOf(c, deps), orgId: org };
    const from = after("bans", org, cursor);
    const items = await Moderation.listBans(deps.database, asker, { after: from, limit });
    return c.json({ items, nextCursor: nextCursor("bans", org, limit, items) }, 200);
  });

  const timeOut = createRoute({
    ...shared,
    method: "put",
    path: "/v1/orgs/{org}/members/{user}/timeout",
    summary: "Leave a member only the sight of the channels, for a while",
    request: { params, body: { content: jsonContent(timeOutRequestSchema), required: true } },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS) },
  });
  app.openapi(timeOut, async (c) => {
    const { org, user } = c.req.valid("param");
    const actor = { ...callerOf(c, deps), orgId: org };
    await Moderation.timeOut(deps.changes, actor, user, c.req.valid("json"));
    return c.body(null, 204);
  });

  const endTimeOut = createRoute({
    ...bodiless,
    method: "delete",
    path: "/v1/orgs/{org}/members/{user}/timeout",
    summary: "End a time-out early",
    request: { params },
    responses: { ...NO_CONTENT, ...problems(...CHANGE_PROBLEMS) },
  });
  app.openapi(endTimeOut, async (c) => {
    const { org, user } = c.req.valid("param");
    await Moderation.endTimeOut(deps.changes, { ...callerOf(c, deps), orgId: org }, user);
    return c.body(null, 204);
  });
}
