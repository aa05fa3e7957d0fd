import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  auditLogPageSchema,
  auditLogQuerySchema,
  auditVerifyQuerySchema,
  auditVerifyResponseSchema,
} from "@parley/contract/audit-log";
import type { AppEnv, RouteDeps } from "../app-deps.ts";
import { createCursors } from "../cursor.ts";
import * as AuditLog from "../domain/audit-log.ts";
import { jsonContent } from "./json-content.ts";
import { callerOf, organizationRoute, orgParams, READ_PROBLEMS } from "./organization-route.ts";
import { problems } from "./problems.ts";

const LIST = "audit-log";
const VERIFY = "audit-log-verify";

export function addAuditLogRoutes(app: OpenAPIHono<AppEnv>, deps: RouteDeps): void {
  const shared = organizationRoute(deps, "audit log");
  const cursors = createCursors(deps.keys);

  const list = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/audit-log",
    summary: "Who changed what, the newest first",
    request: { params: orgParams, query: auditLogQuerySchema },
    responses: {
      200: { description: "A page of it.", content: jsonContent(auditLogPageSchema) },
      ...problems(...READ_PROBLEMS, "forbidden", "bad_request"),
    },
  });
  app.openapi(list, async (c) => {
    const { org } = c.req.valid("param");
    const query = c.req.valid("query");
    const asker = { ...callerOf(c, deps), orgId: org };
    const before = cursors.read(LIST, org, query.cursor);
    const listed = await AuditLog.list(
      deps.database,
      asker,
      query,
      before === undefined ? undefined : Number(before),
    );
    const last = listed.at(-1);
    const isLast = listed.length < query.limit || !last;
    const nextCursor = isLast ? null : cursors.make(LIST, org, String(last.seq));
    return c.json({ items: listed.map(({ seq: _, ...entry }) => entry), nextCursor }, 200);
  });

  const verify = createRoute({
    ...shared,
    method: "get",
    path: "/v1/orgs/{org}/audit-log/verify",
    summary: "Whether the audit log is as it was written",
    request: { params: orgParams, query: auditVerifyQuerySchema },
    responses: {
      200: {
        description: "Of a part of it, from the oldest on; the cursor leads to the next.",
        content: jsonContent(auditVerifyResponseSchema),
      },
      ...problems(...READ_PROBLEMS, "forbidden", "bad_request"),
    },
  });
  app.openapi(verify, async (c) => {
    const { org } = c.req.valid("param");
    const { cursor, limit } = c.req.valid("query");
    const [seq, hash = ""] = cursors.read(VERIFY, org, cursor)?.split(" ") ?? [];
    const after = seq === undefined ? undefined : { seq: Number(seq), hash };
    const asker = { ...callerOf(c, deps), orgId: org };
    const { next, ...verified } = await AuditLog.verify(deps.database, asker, { after, limit });
    // The hash goes along: who changes what was read already is found out by what follows.
    const nextCursor = next && cursors.make(VERIFY, org, `${next.seq} ${next.hash}`);
    return c.json({ ...verified, nextCursor }, 200);
  });
}
