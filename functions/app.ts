/** The control plane as one Hono app. It holds no state but its queue of password checks. */
import { availableParallelism } from "node:os";
import { OpenAPIHono } from "@hono/zod-openapi";
import { PASSWORD_CODE_POINTS_MIN } from "@parley/contract/limits";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import type { AppDeps, AppEnv, RouteDeps } from "./app-deps.ts";
import { createBackground } from "./background.ts";
import type { AccountServices } from "./domain/account-services.ts";
import { createPasswordQueue, type PasswordQueue, queueOptionsFor } from "./domain/password-queue.ts";
import { countInDatabase } from "./limits/database.ts";
import { createRateLimits } from "./limits/rate-limits.ts";
import { handleNotFound } from "./not-found.ts";
import { handleError } from "./problem-response.ts";
import { refuseInvalid } from "./request-validation.ts";
import { noStore, securityHeaders } from "./response-headers.ts";
import { addAuditLogRoutes } from "./routes/audit-log.ts";
import { addAuthRoutes } from "./routes/auth.ts";
import { addAuthMailRoutes } from "./routes/auth-mail.ts";
import { addAuthPasskeyRoutes } from "./routes/auth-passkeys.ts";
import { addChannelAclRoutes } from "./routes/channel-acl.ts";
import { addChannelRoutes } from "./routes/channels.ts";
import { addDocsRoutes } from "./routes/docs.ts";
import { addInviteRoutes } from "./routes/invites.ts";
import { addMeRoutes } from "./routes/me.ts";
import { addMeCredentialRoutes } from "./routes/me-credentials.ts";
import { addMePasskeyRoutes } from "./routes/me-passkeys.ts";
import { addMeSessionRoutes } from "./routes/me-sessions.ts";
import { addMeTotpRoutes } from "./routes/me-totp.ts";
import { addMemberRoutes } from "./routes/members.ts";
import { addOrganizationRoutes } from "./routes/organizations.ts";
import { addRoleRoutes } from "./routes/roles.ts";
import { addServiceRoutes } from "./routes/service.ts";
import { addSettingsRoutes } from "./routes/settings.ts";
import { addVoiceRoutes } from "./routes/voice.ts";

const PREFLIGHT_CACHE_SECONDS = 600;
const PUBLIC_URL_DEFAULT = "http://localhost:3000";

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
      cors({
        origin: deps.allowedOrigins,
        exposeHeaders: ["x-request-id", "etag"],
        maxAge: PREFLIGHT_CACHE_SECONDS,
      }),
    );
  }

  const passwords = deps.passwords ?? createPasswordQueue(queueOptionsFor(availableParallelism()));
  const changes = { db: deps.database, rightsChanged: deps.onRightsChanged ?? (() => {}) };
  const routeDeps: RouteDeps = { ...deps, passwords, changes, accounts: accountServices(deps, passwords) };
  addServiceRoutes(app, routeDeps);
  addDocsRoutes(app);
  addSettingsRoutes(app, routeDeps);
  addAuthRoutes(app, routeDeps);
  addAuthMailRoutes(app, routeDeps);
  addAuthPasskeyRoutes(app, routeDeps);
  addMeRoutes(app, routeDeps);
  addOrganizationRoutes(app, routeDeps);
  addMemberRoutes(app, routeDeps);
  addRoleRoutes(app, routeDeps);
  addInviteRoutes(app, routeDeps);
  addMeCredentialRoutes(app, routeDeps);
  addMeSessionRoutes(app, routeDeps);
  addMeTotpRoutes(app, routeDeps);
  addMePasskeyRoutes(app, routeDeps);
  addChannelRoutes(app, routeDeps);
  addChannelAclRoutes(app, routeDeps);
  addAuditLogRoutes(app, routeDeps);
  addVoiceRoutes(app, routeDeps);
  return app;
}

function accountServices(deps: AppDeps, passwords: PasswordQueue): AccountServices {
  const { database, keys, now, logger } = deps;
  const background = deps.background ?? createBackground(logger);
  const mailer = deps.mailer ?? {
    send: async ({ subject }) => logger.error({ subject }, "a mail was lost: no mailer is configured"),
  };
  return {
    db: database,
    keys,
    passwords,
    limits: deps.limits ?? createRateLimits(countInDatabase(database), logger),
    mailer,
    publicUrl: deps.publicUrl ?? (() => PUBLIC_URL_DEFAULT),
    passwordCodePointsMin: deps.passwordCodePointsMin ?? PASSWORD_CODE_POINTS_MIN,
    now,
    logger,
    rightsChanged: deps.onRightsChanged ?? (() => {}),
    defer: background.defer,
  };
}
