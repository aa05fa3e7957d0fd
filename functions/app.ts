/** The control plane as one Hono app. It holds no state but its queue of password checks. */
import { availableParallelism } from "node:os";
import { OpenAPIHono } from "@hono/zod-openapi";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import type { AppDeps, AppEnv, RouteDeps } from "./app-deps.ts";
import { createPasswordQueue } from "./domain/password-queue.ts";
import { handleNotFound } from "./not-found.ts";
import { handleError } from "./problem-response.ts";
import { refuseInvalid } from "./request-validation.ts";
import { noStore, securityHeaders } from "./response-headers.ts";
import { addAuditLogRoutes } from "./routes/audit-log.ts";
import { addAuthRoutes } from "./routes/auth.ts";
import { addChannelAclRoutes } from "./routes/channel-acl.ts";
import { addChannelRoutes } from "./routes/channels.ts";
import { addInviteRoutes } from "./routes/invites.ts";
import { addMeRoutes } from "./routes/me.ts";
import { addMemberRoutes } from "./routes/members.ts";
import { addOrganizationRoutes } from "./routes/organizations.ts";
import { addRoleRoutes } from "./routes/roles.ts";
import { addServiceRoutes } from "./routes/service.ts";
import { addVoiceRoutes } from "./routes/voice.ts";

const PASSWORDS_WAITING_MAX = 64;
const PREFLIGHT_CACHE_SECONDS = 600;

export function createApp(deps: AppDeps): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
  app.onError(handleError(deps.logger));
  app.notFound(handleNotFound(app.routes));

  app.use(requestId());
  app.use(securityHeaders);
  app.use("/v1/*", noStore);
  if (deps.allowedOrigins?.length) {
    app.use(
      "/v1/*",
      cors({ origin: deps.allowedOrigins, exposeHeaders: ["x-request-id"], maxAge: PREFLIGHT_CACHE_SECONDS }),
    );
  }

  const passwords = createPasswordQueue({
    runningMax: availableParallelism(),
    waitingMax: PASSWORDS_WAITING_MAX,
  });
  const changes = { db: deps.database, rightsChanged: deps.onRightsChanged ?? (() => {}) };
  const routeDeps: RouteDeps = { ...deps, passwords, changes };
  addServiceRoutes(app, routeDeps);
  addAuthRoutes(app, routeDeps);
  addMeRoutes(app, routeDeps);
  addOrganizationRoutes(app, routeDeps);
  addMemberRoutes(app, routeDeps);
  addRoleRoutes(app, routeDeps);
  addInviteRoutes(app, routeDeps);
  addChannelRoutes(app, routeDeps);
  addChannelAclRoutes(app, routeDeps);
  addAuditLogRoutes(app, routeDeps);
  addVoiceRoutes(app, routeDeps);
  return app;
}
