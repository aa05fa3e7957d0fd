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
import { addAuthRoutes } from "./routes/auth.ts";
import { addChannelRoutes } from "./routes/channels.ts";
import { addMeRoutes } from "./routes/me.ts";
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
  const routeDeps: RouteDeps = { ...deps, passwords };
  addServiceRoutes(app, routeDeps);
  addAuthRoutes(app, routeDeps);
  addMeRoutes(app, routeDeps);
  addChannelRoutes(app, routeDeps);
  addVoiceRoutes(app, routeDeps);
  return app;
}
